#include "vision/captioning/results_page_parts.hpp"

namespace tapestry {

// A word's tint is as strong as the captioner was unsure. Cards out of sight are not laid out.
const char* const results_page_style = R"css(
:root { color-scheme: light dark; --back: #fbfaf7; --card: #fff; --text: #1d1d1b; --soft: #5f5e58;
  --line: #dcd9d0; --tint: 214 110 30; --mark: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --back: #17181a; --card: #212326; --text: #e9e7e1;
  --soft: #a9a79f; --line: #3a3d42; --tint: 224 130 60; --mark: #8ebcf0; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 0 16px 48px; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 1280px; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 24px 0 4px; }
header p { margin: 4px 0; color: var(--soft); max-width: 44em; }
dl { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 12px 0; }
dl div { display: flex; flex-direction: column-reverse; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
header img { display: block; width: min(100%, 720px); margin: 8px 0; background: #fff;
  border-radius: 10px; }
summary { cursor: pointer; color: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; padding: 12px 0;
  border-bottom: 1px solid var(--line); }
label { display: flex; gap: 8px; align-items: center; }
input[type=search], select { font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: 6px 8px; min-width: 0; }
input[type=checkbox] { width: 20px; height: 20px; margin: 0; accent-color: var(--mark); }
output { color: var(--soft); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
main { display: grid; gap: 16px; padding-top: 16px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  overflow: hidden; content-visibility: auto; contain-intrinsic-size: auto 420px; }
article[hidden] { display: none; }
article img, .none { display: block; width: 100%; height: 220px; object-fit: contain;
  background: var(--back); }
.none { display: grid; place-items: center; color: var(--soft); }
.in { padding: 10px 14px 12px; }
.said { font-size: 1.1rem; line-height: 1.9; margin: 0; overflow-wrap: anywhere; }
.w { padding: 2px 4px; border-radius: 4px; display: inline-block; line-height: 1.3; cursor: default;
  background: rgb(var(--tint) / calc((1 - var(--p)) * .7)); }
.w i { display: none; font: .7rem/1 system-ui, sans-serif; text-align: center; }
.numbers .w i, article:focus .w i, .w:hover i, .w.on i { display: block; }
.head { display: flex; justify-content: space-between; gap: 12px; margin: 6px 0 0; color: var(--soft);
  font-size: .85rem; font-weight: 400; }
.head span { overflow-wrap: anywhere; }
.head b { color: var(--text); font-variant-numeric: tabular-nums; white-space: nowrap; }
ul { margin: 6px 0 0; padding-left: 18px; color: var(--soft); font-size: .9rem;
  overflow-wrap: anywhere; }
)css";

const char* const results_page_script = R"js(
const main = document.querySelector('main'), form = document.querySelector('form');
const cards = [...main.children], count = document.querySelector('output');
const score = card => card.dataset.score === '' ? NaN : Number(card.dataset.score);
const texts = cards.map(card => ' ' + card.querySelector('.text').textContent.toLowerCase());
const orders = {
  given: () => 0,
  best: (a, b) => (score(b) - score(a)) || (isNaN(score(a)) - isNaN(score(b))),
  worst: (a, b) => (score(a) - score(b)) || (isNaN(score(a)) - isNaN(score(b))),
  name: (a, b) => a.dataset.name < b.dataset.name ? -1 : a.dataset.name > b.dataset.name ? 1 : 0,
};
const sort = () => main.append(...[...cards].sort(orders[form.order.value]));
const filter = () => {
  const words = form.word.value.toLowerCase().split(/\s+/).filter(word => word);
  let shown = 0;
  cards.forEach((card, i) => {
    card.hidden = !words.every(word => texts[i].includes(' ' + word));
    shown += !card.hidden;
  });
  count.textContent = shown + ' of ' + cards.length;
};
form.order.addEventListener('change', sort);
form.word.addEventListener('input', filter);
form.numbers.addEventListener('change', () =>
  document.body.classList.toggle('numbers', form.numbers.checked));
form.addEventListener('submit', event => event.preventDefault());
main.addEventListener('click', event => {
  const word = event.target.closest('.w');
  for (const on of main.querySelectorAll('.w.on')) if (on !== word) on.classList.remove('on');
  if (word) word.classList.toggle('on');
});
sort();
filter();
)js";

} // namespace tapestry
