#include "text/models/translations_page_parts.hpp"

namespace tapestry {

const char* const translations_page_style = R"css(
:root { --heat: 11 66 128; }
@media (prefers-color-scheme: dark) { :root { --heat: 142 200 255; } }
main { grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); align-items: start; }
article { contain-intrinsic-size: auto 170px; padding: 12px 14px;
  scroll-margin-top: 12px; }
article:target { border-color: var(--mark); box-shadow: 0 0 0 1px var(--mark); }
a { color: var(--mark); }
.text p { display: grid; grid-template-columns: 5rem 1fr; gap: 8px; margin: 0 0 4px;
  align-items: baseline; overflow-wrap: anywhere; }
.text p::before { color: var(--soft); font-size: .8rem; direction: ltr; }
.from::before { content: 'source'; }
.said::before { content: 'translation'; }
.right::before { content: 'reference'; }
.lengths { border-collapse: collapse; margin: 12px 0; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
.lengths th { font-weight: 400; color: var(--soft); }
.lengths td, .lengths th { padding: 2px 16px 2px 0; text-align: right; }
.scroll { overflow-x: auto; margin-top: 8px; }
.heat { border-spacing: 1px; font-size: .85rem; }
.heat th { font-weight: 400; padding: 0 4px 0 0; text-align: right; white-space: nowrap;
  max-width: 9em; overflow: hidden; text-overflow: ellipsis; }
.heat tr > :first-child { position: sticky; left: 0; z-index: 1;
  background: var(--card); }
.heat thead th { padding: 0 0 4px; vertical-align: bottom; max-width: none; }
.heat thead span { writing-mode: vertical-rl; text-orientation: sideways;
  transform: rotate(180deg); max-height: 9em; overflow: hidden; text-overflow: ellipsis;
  margin: auto; display: block; line-height: 1.2; }
.heat td { width: 26px; min-width: 15px; height: 24px; padding: 0; font-size: 0; border-radius: 2px;
  background: linear-gradient(rgb(var(--heat) / var(--w)), rgb(var(--heat) / var(--w))) var(--back); }
.heat .on { outline: 2px solid var(--mark); outline-offset: -1px; }
.heat th.on { outline: none; color: var(--mark); text-decoration: underline; }
.weight { margin: 0; padding: 4px 0; position: sticky; bottom: 0; z-index: 2;
  background: var(--card); color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
)css";

const char* const translations_page_script = R"js(
const lengths = new Map(cards.map(card =>
  [card, card.querySelector('.from').textContent.length]));
orders.shortest = (a, b) => lengths.get(a) - lengths.get(b);
orders.longest = (a, b) => lengths.get(b) - lengths.get(a);

const made = (name, properties, ...inside) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
};
const draw = details => {
  const source = details.dataset.source.split('\n'), target = details.dataset.target.split('\n');
  const weight = (t, s) =>
    parseInt(details.dataset.weights.substr(2 * (t * source.length + s), 2), 36) / 1000;
  const cell = (t, s) => {
    const td = made('td', {}, weight(t, s).toFixed(3));
    td.style.setProperty('--w', weight(t, s));
    return td;
  };
  const heads = source.map(piece => made('th', {scope: 'col'}, made('span', {}, piece)));
  const rows = target.map((piece, t) => made('tr', {},
    made('th', {scope: 'row', dir: 'auto'}, piece), ...source.map((_, s) => cell(t, s))));
  const table = made('table', {className: 'heat', tabIndex: 0},
    made('thead', {}, made('tr', {}, made('td', {}), ...heads)), made('tbody', {}, ...rows));
  const line = made('p', {className: 'weight'}, 'Point at a cell, tap it, or use the arrow keys.');
  line.ariaLive = 'polite';

  let at = null;
  const show = (t, s) => {
    for (const on of table.querySelectorAll('.on')) on.classList.remove('on');
    for (const on of [rows[t].cells[0], rows[t].cells[s + 1], heads[s]]) on.classList.add('on');
    line.textContent = `${target[t]} looks at ${source[s]}: ${weight(t, s).toFixed(3)}`;
    at = [t, s];
  };
  const point = event => {
    const td = event.target.closest('tbody td');
    if (td) show(td.parentElement.rowIndex - 1, td.cellIndex - 1);
  };
  table.addEventListener('mouseover', point);
  table.addEventListener('click', point);
  table.addEventListener('keydown', event => {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
    if (!(event.key in step)) return;
    event.preventDefault();
    const [t, s] = at ? [at[0] + step[event.key][0], at[1] + step[event.key][1]] : [0, 0];
    if (t in target && s in source) show(t, s);
  });
  details.append(made('div', {className: 'scroll'}, table), line);
};
// `toggle` does not bubble.
main.addEventListener('toggle', event => {
  if (event.target.open && !event.target.querySelector('table')) draw(event.target);
}, true);

// PAGE#12 shows sentence 12 with its alignment.
const follow = () => {
  const card = document.getElementById(location.hash.slice(1)), details = card?.querySelector('details');
  if (details) details.open = true;
  card?.scrollIntoView();
};
addEventListener('hashchange', follow);
document.addEventListener('DOMContentLoaded', follow);
)js";

} // namespace tapestry
