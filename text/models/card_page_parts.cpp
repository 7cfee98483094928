#include "text/models/card_page_parts.hpp"

namespace tapestry {

// Cards out of sight are not laid out.
const char* const card_page_style = R"css(
:root { color-scheme: light dark; --back: #fbfaf7; --card: #fff; --text: #1d1d1b; --soft: #5f5e58;
  --line: #dcd9d0; --mark: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --back: #17181a; --card: #212326; --text: #e9e7e1;
  --soft: #a9a79f; --line: #3a3d42; --mark: #8ebcf0; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 0 16px 48px; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 1280px; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 24px 0 4px; overflow-wrap: anywhere; }
header p { margin: 4px 0; color: var(--soft); max-width: 44em; overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 12px 0; }
dl div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
dt { color: var(--soft); font-size: .85rem; }
dt small { display: block; font-size: .75rem; overflow-wrap: anywhere; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; padding: 12px 0;
  border-bottom: 1px solid var(--line); }
label { display: flex; gap: 8px; align-items: center; }
input[type=search], select { font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: 6px 8px; min-width: 0; }
input[type=checkbox] { width: 20px; height: 20px; margin: 0; accent-color: var(--mark); }
output { color: var(--soft); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
main { display: grid; gap: 16px; padding-top: 16px; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  overflow: clip; content-visibility: auto; }
article[hidden] { display: none; }
.said { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
.head { display: flex; justify-content: space-between; gap: 12px; margin: 6px 0 0;
  color: var(--soft); font-size: .85rem; }
.head b { color: var(--text); font-variant-numeric: tabular-nums; white-space: nowrap; }
)css";

// What a page adds stands behind this; when all is loaded, the cards are sorted.
const char* const card_page_script = R"js(
const main = document.querySelector('main'), form = document.querySelector('form');
const cards = [...main.children], count = form.querySelector('output');
const words = text => text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u).filter(word => word);
const texts = cards.map(card => ' ' + words(card.querySelector('.text').textContent).join(' '));
const score = card => card.dataset.score === '' ? NaN : Number(card.dataset.score);
const orders = {
  given: () => 0,
  best: (a, b) => (score(b) - score(a)) || (isNaN(score(a)) - isNaN(score(b))),
  worst: (a, b) => (score(a) - score(b)) || (isNaN(score(a)) - isNaN(score(b))),
};
const sort = () => main.append(...[...cards].sort(orders[form.order.value]));
const filter = () => {
  const wanted = words(form.word.value);
  let shown = 0;
  cards.forEach((card, i) => {
    card.hidden = !wanted.every(word => texts[i].includes(' ' + word));
    shown += !card.hidden;
  });
  count.textContent = shown + ' of ' + cards.length;
};
form.order.addEventListener('change', sort);
form.word.addEventListener('input', filter);
form.addEventListener('submit', event => event.preventDefault());
document.addEventListener('DOMContentLoaded', () => { sort(); filter(); });
)js";

} // namespace tapestry
