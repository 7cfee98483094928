// What the pages do not need, but do better: `/` goes to the search, and paper gets what is folded.
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const fields = [...document.querySelectorAll("#book-search input, input.sidebar-search")];
  const field = fields.find((input) => input.getBoundingClientRect().left >= 0);
  if (!field) return;
  event.preventDefault();
  field.focus();
});

let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
