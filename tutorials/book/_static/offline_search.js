// Sphinx's search fetches a page to quote from it, which a browser refuses on file:// pages. Here
// the pages' texts are in pages.js already.
window.fetch = (url) => {
  const name = String(url).replace(/^(\.\/)+/, "").replace(/\.html$/, "");
  const page = document.createElement("div");
  const main = page.appendChild(document.createElement("div"));
  main.setAttribute("role", "main");
  main.textContent = pageTexts[name] || "";
  return Promise.resolve({ text: () => Promise.resolve(page.innerHTML) });
};
