import type { Html } from './html.ts'

/** The report's style sheet: a phone, a desk, paper; light and dark as the reader has it. */
export const style: Html = {
  markup: `
:root { color-scheme: light dark; --ink: #1d2733; --paper: #ffffff; --soft: #5b6878; --line: #d4dbe3;
  --panel: #f3f6f9; --main: #1f6feb; --good: #1a7f37; --bad: #cf222e; --bar: #9db4d0; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #dfe6ee; --paper: #10161d; --soft: #98a5b3;
  --line: #303b47; --panel: #18212b; --main: #6cb0ff; --good: #4ac26b; --bad: #ff7b72; --bar: #47607d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
h3 { margin: 1rem 0 .3rem; font-size: 1rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); }
.done, .changed { color: var(--good); } .failed { color: var(--bad); }
.stopped, .unfinished { color: var(--soft); } .verdict { font-weight: 600; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); }
svg .name { font-weight: 600; font-size: 14px; } svg .small { font-size: 12px; }
.wide { overflow-x: auto; } .wide svg { min-width: 42rem; }
svg rect { fill: var(--panel); stroke: var(--line); }
svg .control-plane rect, svg .endpoint { stroke: var(--main); } svg .wire { stroke: var(--main); }
svg .network { stroke-dasharray: 4 3; } svg .mark { stroke: var(--line); }
svg .bar { fill: var(--bar); stroke: none; } svg .critical { fill: var(--main); }
svg .bar.failed { fill: var(--bad); }
details { margin: .3rem 0; border: 1px solid var(--line); border-radius: 6px; }
summary { padding: .4rem .7rem; cursor: pointer; } details > div { padding: 0 .7rem .6rem; }
details details { background: var(--panel); }
pre { margin: .4rem 0; padding: .5rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 4px; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; }
pre .command { font-weight: 600; } pre .found { color: var(--bad); } pre .wanted { color: var(--good); }
pre .waiting, pre .output { color: var(--soft); } pre .error { color: var(--bad); }
ul, ol { padding-left: 1.3rem; margin: .3rem 0; }
.phone { display: none; }
@media screen and (max-width: 40rem) { .phone { display: block; } .desk { display: none; } }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 10pt; }
  .wide svg { min-width: 0; } details { break-inside: auto; } details[open] > summary { break-after: avoid; }
  svg { break-inside: avoid; } .screen { display: none; } }
`,
}

/** Paper cannot be unfolded: everything is opened before it is printed. The page's only program. */
export const unfold: Html = {
  markup: `
addEventListener('beforeprint', () => { for (const one of document.querySelectorAll('details')) one.open = true })
document.getElementById('unfold').addEventListener('click', () => {
  const all = [...document.querySelectorAll('details')]
  const open = all.some((one) => !one.open)
  for (const one of all) one.open = open
})
`,
}
