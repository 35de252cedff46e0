import { cardFields } from './card-fields.ts';

/**
 * The script of the card widget (imoje protocol, section 1b), as shops load it: it reads the documented ones of its own `data-…` attributes, and
 * shows our page with the card form in a frame, inside `#imoje-widget__wrapper` or in a dialog over the shop's page. It
 * verifies nothing, and no card number ever passes through it. It asks for no style of the shop's page but through the
 * elements it makes, so that a strict policy of the shop lets it work.
 */
export const cardScript = `(() => {
  const script = document.currentScript ?? document.getElementById('imoje-widget__script')
  const { locale = 'pl', inline, elementId, elementEvent = 'click', ...given } = script.dataset
  const { required, optional } = ${JSON.stringify(cardFields)}
  const attribute = (name) => 'data-' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase())
  const missing = required.filter((name) => !given[name])
  if (missing.length > 0) {
    console.error('The card widget needs these attributes on its script element: ' + missing.map(attribute).join(', ') + '.')
    return
  }
  const words = locale === 'pl' ? { pay: 'Zapłać kartą', close: 'Zamknij' } : { pay: 'Pay by card', close: 'Close' }
  const action = new URL('/widget?lang=' + (/^[a-z]{2}$/.test(locale) ? locale : 'en'), script.src).href

  const showIn = (parent, height) => {
    const frame = document.createElement('iframe')
    frame.name = 'imoje-widget__frame-' + document.querySelectorAll('iframe[name^=imoje-widget__frame]').length
    frame.title = words.pay
    Object.assign(frame.style, { border: '0', width: '100%', height, display: 'block' })
    parent.append(frame)
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action, target: frame.name, hidden: true })
    for (const name of [...required, ...optional].filter((name) => name in given)) {
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name, value: given[name] })
      form.append(field)
    }
    document.body.append(form)
    form.submit()
    form.remove()
  }

  const openDialog = (event) => {
    event.preventDefault()
    const dialog = document.createElement('dialog')
    dialog.setAttribute('aria-label', words.pay)
    Object.assign(dialog.style, { padding: '0', border: '0', borderRadius: '12px', width: 'min(100vw, 480px)',
      maxWidth: '100vw', height: 'min(100dvh, 760px)', maxHeight: '100dvh', overflow: 'hidden', background: '#fff' })
    const close = document.createElement('button')
    Object.assign(close, { type: 'button', textContent: '\\u00d7', onclick: () => dialog.close() })
    close.setAttribute('aria-label', words.close)
    Object.assign(close.style, { position: 'absolute', top: '4px', right: '4px', width: '44px', height: '44px', border: '0',
      background: '#fff', color: '#111', font: '28px/1 sans-serif', borderRadius: '12px', cursor: 'pointer', zIndex: '1' })
    dialog.append(close)
    dialog.onclose = () => dialog.remove()
    document.body.append(dialog)
    showIn(dialog, '100%')
    dialog.showModal()
  }

  const start = () => {
    const wrapper = document.getElementById('imoje-widget__wrapper')
    if (inline === 'true') {
      if (wrapper) return showIn(wrapper, '760px')
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
      else script.after(element)
    }
    element.addEventListener(elementEvent, openDialog)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
  else start()
})()
`;
