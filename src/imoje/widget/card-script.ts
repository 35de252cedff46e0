import { cardFields } from './card-fields.ts';
import { wordsOf } from './words-of.ts';

/**
 * The script of the card widget (imoje protocol, section 1b), as shops load it: it reads the documented ones of its own
 * `data-…` attributes, and shows our page with the card form in a frame, inside `#imoje-widget__wrapper` or in a dialog over the
 * shop's page. It verifies nothing, and no card number ever passes through it. It asks for no style of the shop's page but
 * through the elements it makes, so that a strict policy of the shop lets it work. Its frame tells it, by messages with the
 * field `imojeWidget`, to close the dialog (`close`) and to lead the whole window on (`leave`).
 */
export const cardScript = `(() => {
  const script = document.currentScript ?? document.getElementById('imoje-widget__script')
  const { locale: asked = 'pl', inline, elementId, elementEvent = 'click', ...given } = script.dataset
  const { required, optional } = ${JSON.stringify(cardFields)}
  const attribute = (name) => 'data-' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase())
  const missing = required.filter((name) => !given[name])
  if (missing.length > 0) {
    console.error('The card widget needs these attributes on its script element: ' + missing.map(attribute).join(', ') + '.')
    return
  }
  const catalogues = ${wordsOf({ pay: 'widget.pay', close: 'widget.close' })}
  const language = asked.trim().toLowerCase().split(/[-_]/)[0]
  const locale = Object.hasOwn(catalogues, language) ? language : 'en'
  const words = catalogues[locale]
  const action = new URL('/widget?lang=' + locale, script.src)
  let frame
  let dialog

  const showIn = (parent) => {
    frame = document.createElement('iframe')
    frame.name = 'imoje-widget__frame-' + document.querySelectorAll('iframe[name^=imoje-widget__frame]').length
    frame.title = words.pay
    Object.assign(frame.style, { border: '0', width: '100%', height: '760px', minHeight: '0', display: 'block' })
    parent.append(frame)
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: action.href, target: frame.name, hidden: true, acceptCharset: 'utf-8' })
    for (const name of [...required, ...optional].filter((name) => name in given)) {
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name, value: given[name] })
      form.append(field)
    }
    document.body.append(form)
    form.submit()
    form.remove()
  }

  addEventListener('message', ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== action.origin) return
    if (data?.imojeWidget === 'close') dialog?.close()
    if (data?.imojeWidget === 'leave') top.location.assign(data.href)
  })

  const openDialog = (event) => {
    event.preventDefault()
    if (dialog?.open) return
    dialog = document.createElement('dialog')
    dialog.setAttribute('aria-label', words.pay)
    Object.assign(dialog.style, { padding: '0', border: '0', borderRadius: '12px', width: 'min(100vw, 480px)', maxWidth: '100vw',
      height: 'min(100dvh, 804px)', maxHeight: '100dvh', overflow: 'hidden', display: 'flex', flexDirection: 'column',
      colorScheme: 'light dark', background: 'Canvas', color: 'CanvasText' })
    const bar = document.createElement('div')
    bar.textContent = words.pay
    Object.assign(bar.style, { display: 'flex', justifyContent: 'space-between', alignItems: 'center', padding: '0 0 0 16px',
      flex: 'none', font: '600 16px/1.5 system-ui, sans-serif' })
    const close = document.createElement('button')
    Object.assign(close, { type: 'button', textContent: '\\u00d7', onclick: () => dialog.close() })
    close.setAttribute('aria-label', words.close)
    Object.assign(close.style, { width: '44px', height: '44px', margin: '0', padding: '0', border: '0', outlineOffset: '-4px',
      background: 'Canvas', color: 'CanvasText', font: '28px/1 sans-serif', borderRadius: '12px', cursor: 'pointer' })
    bar.append(close)
    dialog.append(bar)
    dialog.onclose = ({ target }) => target.remove()
    document.body.append(dialog)
    showIn(dialog)
    dialog.showModal()
  }

  const start = () => {
    const wrapper = document.getElementById('imoje-widget__wrapper')
    if (inline === 'true') {
      if (wrapper) return showIn(wrapper)
      console.error('The card widget with data-inline="true" needs an element with the id imoje-widget__wrapper.')
      return
    }
    let element = elementId ? document.getElementById(elementId) : null
    if (elementId && !element) {
      console.error('The card widget finds no element with the id of its data-element-id: ' + elementId + '.')
      return
    }
    if (!element) {
      element = document.createElement('button')
      Object.assign(element, { type: 'button', textContent: words.pay })
      if (wrapper) wrapper.append(element)
      // What stands in the head is not seen.
      else if (document.body.contains(script)) script.after(element)
      else document.body.append(element)
    }
    element.addEventListener(elementEvent, openDialog)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
  else start()
})()
`;
