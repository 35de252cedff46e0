import { wordsOf } from './words-of.ts';

/**
 * The script of the instalment widget (imoje protocol, section 1b): it gives elements the method `imojeInstallments`, which
 * shows our page in a frame inside the element. What the payer chooses there comes to the shop's page as a `message` whose
 * data has `channel` and `period`. Frame and page are in the first language of the browser that our pages have, else English.
 */
export const instalmentsScript = `(() => {
  const script = document.currentScript ?? document.getElementById('imoje-installments__script')
  const origin = new URL(script.src).origin
  const names = ['merchantId', 'serviceId', 'amount', 'currency', 'signature']
  const catalogues = ${wordsOf({ title: 'instalments.heading' })}
  const languages = navigator.languages.map((language) => language.toLowerCase().split('-')[0])
  const lang = languages.find((language) => Object.hasOwn(catalogues, language)) ?? 'en'
  HTMLElement.prototype.imojeInstallments = function (wish) {
    const missing = names.filter((name) => !wish || !wish[name])
    if (missing.length > 0) {
      console.error('imojeInstallments needs ' + missing.join(', ') + '.')
      return
    }
    const address = new URL('/widget/installments', origin)
    for (const name of names) address.searchParams.set(name, wish[name])
    address.searchParams.set('lang', lang)
    const frame = document.createElement('iframe')
    frame.title = catalogues[lang].title
    frame.src = address.href
    Object.assign(frame.style, { border: '0', width: '100%', height: '520px', display: 'block' })
    this.replaceChildren(frame)
  }
})()
`;
