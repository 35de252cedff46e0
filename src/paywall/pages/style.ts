/** The only style sheet of the payer's pages, light and dark. Text has a contrast of at least 4.5, borders of fields of 3 (WCAG 2.2 AA). */
export const style = `
:root{color-scheme:light dark;--page:#f3f4f6;--card:#fff;--ink:#16202e;--soft:#556070;--line:#dfe3e8;--field:#7b8694;
--main:#1f4fd1;--on-main:#fff;--hover:#173fab;--good:#0f6b41;--good-bg:#e3f4eb;--bad:#a8201a;--bad-bg:#fdecea;--wait:#7a4b00;--wait-bg:#fdf1dc;--test:#ffd84d;--on-test:#2b2100}
@media (prefers-color-scheme:dark){:root{--page:#0f141b;--card:#19212c;--ink:#eef1f5;--soft:#a9b4c2;--line:#2d3846;--field:#7f8c9d;
--main:#9dbcff;--on-main:#0d1a33;--hover:#bdd2ff;--good:#7fdcae;--good-bg:#12352a;--bad:#ffb0a8;--bad-bg:#43201f;--wait:#ffd08a;--wait-bg:#3d2e15;--test:#f2c937}}
*{box-sizing:border-box;margin:0}
body{min-height:100vh;display:flex;flex-direction:column;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main,.shop,footer{width:100%;max-width:29rem;margin:0 auto;padding:0 1rem}
a{color:var(--main);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--main);outline-offset:2px;border-radius:4px}
.test{background:var(--test);color:var(--on-test);font-size:.9375rem;padding:.625rem 1rem;text-align:center}
.test :focus-visible{outline-color:var(--on-test)}
.test details{display:inline-block;max-width:29rem}
.test details[open]{display:block;margin:.25rem auto 0}
.test table+p{text-align:left}
summary{cursor:pointer;text-decoration:underline;text-underline-offset:.2em;padding:.125rem .25rem}
table{width:100%;margin:.5rem 0;border-collapse:collapse;text-align:left}
td,th{padding:.25rem .5rem;border-top:1px solid #0003;vertical-align:top;font-weight:400}
thead th{font-weight:600;border:0}
tbody th{white-space:nowrap;font-variant-numeric:tabular-nums}
.shop{display:flex;align-items:center;gap:.75rem;padding:2rem 1.25rem 1rem;font-weight:600}
.shop span{flex:none;width:2.25rem;height:2.25rem;border-radius:.625rem;background:var(--ink);color:var(--page);display:grid;place-items:center}
.card{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1.75rem 1.5rem;margin-bottom:1rem;box-shadow:0 1px 2px #0000000a,0 8px 24px #0000000d}
.first{margin-top:2rem}
.card>*+*{margin-top:1rem}
h1,h2,button,.button{text-wrap:balance}
h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.01em}
h2{font-size:1.125rem;line-height:1.35}
label.marked{display:flex;justify-content:space-between;align-items:center;gap:1rem}
.blik{flex:none;height:1.75rem;border:1px solid #fff3;border-radius:.375rem}
.price span{display:block;font-size:1rem;font-weight:400;letter-spacing:0;color:var(--soft);margin-bottom:.25rem}
.price{font-size:clamp(1.5rem,8vw,2.25rem);line-height:1.1;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
dl{border-top:1px solid var(--line);padding-top:.75rem;font-size:.9375rem}
dl div{display:flex;justify-content:space-between;gap:0 1.5rem;padding:.25rem 0}
dt,.soft{color:var(--soft)}
dt{flex:none;min-width:min-content;max-width:45%;overflow-wrap:normal}
dd{min-width:0;text-align:right;font-variant-numeric:tabular-nums}
section{border-top:1px solid var(--line);padding-top:1.5rem}
.card>section{margin-top:1.5rem}
.way{border:1px solid var(--line);border-radius:.75rem;margin-top:.75rem}
.way summary{padding:.875rem 1rem;font-weight:600;text-decoration:none;border-radius:.75rem}
.way[open] summary{border-bottom:1px solid var(--line);border-radius:.75rem .75rem 0 0}
.way>form,.way>.wallets{padding:.25rem 1rem 1.25rem}
.wallets p{margin-top:.75rem}
.cardform button{margin-top:1.25rem}
.cardform>div{margin-top:0}
.pair{display:flex;flex-wrap:wrap;gap:0 1rem;overflow-wrap:break-word}
.pair>div{flex:1 1 7rem;min-width:min-content;display:flex;flex-direction:column;justify-content:flex-end}
.brand{min-height:1.25rem;margin:.25rem 0 -.5rem;font-size:.875rem;color:var(--soft)}
fieldset{border:0;padding:0;min-width:0}
legend{font-weight:600;padding:1rem 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.5rem;margin:.75rem 0 1.25rem}
.tiles label{position:relative;display:grid;margin:0;font-weight:400}
.tiles input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}
.tiles span{display:grid;place-items:center;align-content:center;gap:.25rem;min-height:3.25rem;padding:.375rem .5rem;border:2px solid var(--field);border-radius:.625rem;text-align:center;font-size:.9375rem;line-height:1.2}
.tiles svg{width:3rem;height:1.5rem}
.tiles input:checked+span{border-color:var(--main);font-weight:600}
.tiles input:focus-visible+span{outline:3px solid var(--main);outline-offset:2px}
label{display:block;font-weight:600;margin-top:1rem}
.hint{color:var(--soft);font-size:.9375rem}
.wrong{color:var(--bad);font-weight:600;font-size:.9375rem;margin-top:.25rem}
input[type=text]{display:block;width:100%;margin:.375rem 0 0;padding:.6875rem .75rem;border:2px solid var(--field);border-radius:.625rem;background:var(--card);color:var(--ink);font:inherit;font-variant-numeric:tabular-nums}
input.code{width:13.5rem;max-width:100%;margin:.5rem 0 1.25rem;padding:.625rem 0 .625rem .2em;font:600 1.75rem/1.25 ui-monospace,"SF Mono",Menlo,Consolas,monospace;letter-spacing:.2em;text-align:center}
input[type=text]:focus{outline:3px solid var(--main);outline-offset:1px;border-color:var(--main)}
input[aria-invalid],[aria-invalid] .tiles span{border-color:var(--bad)}
button,.button{display:block;width:100%;padding:.9375rem 1rem;border:0;border-radius:.75rem;background:var(--main);color:var(--on-main);font:inherit;font-size:1.0625rem;line-height:1.25;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{background:var(--hover)}
.dark{background:var(--ink);color:var(--page)}
.dark:hover{background:var(--soft);color:var(--card)}
.quiet{background:none;color:var(--main);border:2px solid var(--main)}
.quiet:hover{background:none;text-decoration:underline}
button+button{margin-top:.75rem}
button[aria-disabled]{opacity:.6;cursor:default}
button+.hint{margin-top:.75rem;text-align:center}
.alert{background:var(--bad-bg);border:1px solid var(--bad);border-left-width:.375rem;border-radius:.75rem;padding:1rem 1.25rem;margin-bottom:1rem}
.alert h2{color:var(--bad)}
.alert>*+*{margin-top:.375rem}
.alert a{color:inherit;font-weight:600}
.notice{background:var(--wait-bg);border:1px solid var(--wait);border-left-width:.375rem;border-radius:.75rem;padding:1rem 1.25rem;margin-bottom:1rem}
.notice h2{color:var(--wait)}
form .notice{margin:1rem 0}
.notice>*+*{margin-top:.375rem}
.notice a{color:inherit;font-weight:600}
.status{display:flex;align-items:center;gap:.75rem;line-height:1.3}
.status svg{flex:none;width:2.75rem;height:2.75rem;padding:.625rem;border-radius:50%}
.status small{display:block;font-size:.875rem;color:var(--soft)}
.done{color:var(--good)}.done svg{background:var(--good-bg)}
.failed{color:var(--bad)}.failed svg{background:var(--bad-bg)}
.inProgress{color:var(--wait)}.inProgress svg{background:var(--wait-bg)}
.clock{margin:.25rem 0 .625rem;font-size:2.25rem;font-weight:600;line-height:1.1;font-variant-numeric:tabular-nums}
progress{display:block;width:100%;height:.5rem;border:0;border-radius:1rem;overflow:hidden;background:var(--line);accent-color:var(--main);appearance:none}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--main)}
progress::-moz-progress-bar{background:var(--main)}
.copy div{display:block;padding:.5rem 0}.copy dt{max-width:none}.copy dd{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.25rem 1rem;text-align:left}
.copy strong{flex:1 1 9rem;min-width:0;user-select:all}
.copy button{width:auto;padding:.375rem .875rem;font-size:.9375rem}
[hidden]{display:none}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.back{text-align:center;padding:.25rem 0}
.back a{display:inline-block}
code{font-size:.9375em}
ul{padding-left:1.25rem}
li+li{margin-top:.375rem}
footer{margin-top:auto;padding:1.5rem 1rem 2rem;text-align:center;font-size:.875rem;color:var(--soft)}
nav{display:flex;flex-wrap:wrap;justify-content:center;gap:.25rem 1rem;margin-bottom:.5rem}
nav a{color:inherit;padding:.125rem 0}
nav a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
@media (max-width:24rem){.card{padding:1.25rem 1rem}.way>form,.way>.wallets{padding:.25rem .75rem 1rem}.tiles{grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.375rem}.tiles span{padding:.25rem}}
@media (max-width:15rem){.pair>div{min-width:100%}}
@media (max-width:22rem){tbody th{width:6.5rem;white-space:normal}}
@media (min-width:48rem){.shop{padding-top:4rem}.first{margin-top:4rem}.card{padding:2.25rem}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#333}.card{box-shadow:none}nav,.button,.back,details{display:none}}
`
  .trim()
  .replaceAll('\n', '');
