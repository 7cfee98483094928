#include "vision/captioning/results_page_parts.hpp"

namespace tapestry {

// A word's tint is as strong as the captioner was unsure.
const char* const results_page_style = R"css(
:root { --tint: 214 110 30; }
@media (prefers-color-scheme: dark) { :root { --tint: 224 130 60; } }
header img { display: block; width: min(100%, 720px); margin: 8px 0; background: #fff;
  border-radius: 10px; }
main { grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
article { contain-intrinsic-size: auto 420px; }
article img, .none { display: block; width: 100%; height: 220px; object-fit: contain;
  background: var(--back); }
.none { display: grid; place-items: center; color: var(--soft); }
.in { padding: 10px 14px 12px; }
.said { line-height: 1.9; }
.w { padding: 2px 4px; border-radius: 4px; display: inline-block; line-height: 1.3; cursor: default;
  background: rgb(var(--tint) / calc((1 - var(--p)) * .7)); }
.w i { display: none; font: .7rem/1 system-ui, sans-serif; text-align: center; }
.numbers .w i, article:focus .w i, .w:hover i, .w.on i { display: block; }
.head span { overflow-wrap: anywhere; }
ul { margin: 6px 0 0; padding-left: 18px; color: var(--soft); font-size: .9rem;
  overflow-wrap: anywhere; }
)css";

const char* const results_page_script = R"js(
orders.name = (a, b) =>
  a.dataset.name < b.dataset.name ? -1 : a.dataset.name > b.dataset.name ? 1 : 0;
form.numbers.addEventListener('change', () =>
  document.body.classList.toggle('numbers', form.numbers.checked));
main.addEventListener('click', event => {
  const word = event.target.closest('.w');
  for (const on of main.querySelectorAll('.w.on')) if (on !== word) on.classList.remove('on');
  if (word) word.classList.toggle('on');
});
)js";

} // namespace tapestry
