/**
 * The only script of the payer's pages; they work without it. It writes the code as two groups of three, a card number in
 * fours with its brand below, and the stroke of an expiry date; it refuses a second submit, for 15 seconds, as nothing tells
 * it that the payer stopped the first; it reloads a page that comes back from the browser's cache, leads back to the shop,
 * listens for news, and runs the countdown, which it reads out only at the moments in `data-say` (see waiting-page.ts). News
 * do not turn a page whose form was sent: that would break it off.
 */
export const script = `(()=>{
let q=s=>document.querySelector(s),c=q('#code'),v=q('[data-events]'),k=q('[data-left]'),b=q('[data-after]')
q('[role=alert]')?.focus()
onpageshow=e=>e.persisted&&location.reload()
let g
onsubmit=e=>{let b=e.target.querySelector('button'),a='aria-disabled'
b.hasAttribute(a)?e.preventDefault():(b.setAttribute(a,g='true'),setTimeout(()=>g=b.removeAttribute(a),15e3))}
if(c)c.oninput=()=>{let f=s=>s.replace(/\\D/g,'').slice(0,6).replace(/^(...)(.)/,'$1 $2'),p=f(c.value.slice(0,c.selectionStart)).length,t=f(c.value)
if(t!=c.value){c.value=t;c.setSelectionRange(p,p)}}
if(b)setTimeout(()=>location.assign(b),b.dataset.after*1e3)
const n=q('#number'),y=q('#expiry'),m=q('#brand')
if(n)n.oninput=()=>{let d=n.value.replace(/\\D/g,'').slice(0,19)
m.textContent=/^4/.test(d)?m.dataset.visa:/^(5[1-5]|2[2-7])/.test(d)?m.dataset.mastercard:''
if(n.selectionStart==n.value.length)n.value=d.replace(/(.{4})(?=.)/g,'$1 ')}
if(y)y.oninput=e=>{if(/^\\d{2}$/.test(y.value)&&e.inputType!='deleteContentBackward')y.value+='/'}
if(v){let x=v.dataset,r=()=>g||location.replace(x.self),s=new EventSource(x.events)
s.addEventListener('status',e=>e.data!=x.status&&r())
s.onerror=()=>s.readyState==2&&setTimeout(r,5e3)}
if(k){let t=Date.now()+k.dataset.left*1e3,s=JSON.parse(k.dataset.say),o=q('[role=status]')
let w
setInterval(()=>{const l=Math.max(0,Math.ceil((t-Date.now())/1e3))
k.textContent=(l/60|0)+':'+(l%60+'').padStart(2,0);q('progress').value=l
while(s[0]&&l<=s[0][0])o.textContent=s.shift()[1]
if(!l){o.classList.remove('hidden');w||(w=setTimeout(()=>location.replace(v.dataset.self),2e3))}},1e3)}
})()`;
