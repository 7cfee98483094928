// The search, section by section, in bookSections (pages.js): {at, number, title, chapter, terms, prose,
// code}. A word keeps its hyphen's meaning: pull-back and pullback are one word, "pull back" is two. Words
// between "..." must follow each other. Titles come first, then terms that a section introduces, then prose,
// and code last.
const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[\u2018\u2019]/g, "'").replace(/([a-z0-9])[-\u2010\u2011](?=[a-z0-9])/g, "$1");
const wordsOf = (text) => plain(text).match(/[\p{L}\p{N}_]+/gu) || [];
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

let sections = null;
function prepared() {
  sections = sections || bookSections.map((section) => ({
    ...section,
    words: Object.fromEntries(["title", "terms", "prose", "code"].map(
        (kind) => [kind, ` ${wordsOf(section[kind]).join(" ")} `])),
  }));
  return sections;
}

// How often a word or phrase stands there, whole; as the beginning of a word it counts half.
function count(text, phrase) {
  const whole = text.split(` ${phrase} `).length - 1;
  return whole + 0.5 * (text.split(` ${phrase}`).length - 1 - whole);
}

function score(section, phrases) {
  let sum = 0;
  for (const phrase of phrases) {
    const {title, terms, prose, code} = section.words;
    const inTitle = count(title, phrase), inTerms = count(terms, phrase);
    const points = 12 * Math.min(1, inTitle) + 16 * Math.min(1, inTerms) +
        3 * Math.log2(1 + count(prose, phrase)) + Math.log2(1 + count(code, phrase));
    if (!points) return 0;
    sum += points + (title.trim() === phrase ? 10 : 0);
  }
  return sum;
}

function phrasesOf(query) {
  const quoted = [...query.matchAll(/"([^"]+)"/g)].map((match) => wordsOf(match[1]).join(" "));
  const rest = wordsOf(query.replace(/"[^"]*"?/g, " "));
  return {phrases: [...quoted, ...rest].filter(Boolean), together: quoted.length ? "" : rest.join(" ")};
}

function found(query) {
  const {phrases, together} = phrasesOf(query);
  if (!phrases.length) return [];
  const rated = prepared().map((section) => ({
    section, phrases,
    points: score(section, phrases) + (phrases.length > 1 && together ? 2 * score(section, [together]) : 0),
  }));
  return rated.filter((result) => result.points > 0).sort((a, b) => b.points - a.points);
}

function pattern(phrases) {
  const letters = (phrase) => phrase.split(" ").map((word) => [...word].join("[-\u2010\u2011]?")).join("\\W+");
  return new RegExp(`(?<![\\p{L}\\p{N}_])(${phrases.map(letters).join("|")})[\\p{L}\\p{N}_]*`, "giu");
}

// The sentence, or the line of code, in which most of the words stand.
function quote(section, phrases) {
  const words = pattern(phrases);
  const pieces = [...section.prose.split(/(?<=[.?!:])\s+(?=\S)/), ...section.code.split("\n")];
  let best = "", most = 0;
  for (const piece of pieces) {
    const distinct = new Set((piece.match(words) || []).map((word) => plain(word))).size;
    if (distinct > most) [best, most] = [piece.trim(), distinct];
  }
  best = best || pieces[0] || "";
  if (best.length > 240) {
    const begin = Math.max(0, best.search(words) - 100);
    best = (begin ? "\u2026 " : "") + best.slice(begin, begin + 220) + " \u2026";
  }
  return escaped(best).replace(words, "<mark>$&</mark>");
}

function show(query) {
  const list = document.getElementById("search-results");
  const summary = document.getElementById("search-summary");
  const results = found(query);
  list.innerHTML = results.slice(0, 30).map(({section, phrases}) => `<li>
    <a class="title" href="${section.at}">${escaped(`${section.number} ${section.title}`.trim())}</a>
    <span class="where">${escaped(section.chapter)}</span><p>${quote(section, phrases)}</p></li>`).join("");
  const places = results.length === 1 ? "1 section" : `${results.length} sections`;
  summary.textContent = !query.trim() ? "Whole words or beginnings; \"\u2026\" for words that follow each other."
      : results.length ? `${places}${results.length > 30 ? ", the best 30 of them" : ""}`
      : `Nothing in the book says \u201c${query.trim()}\u201d.`;
}

const form = document.getElementById("book-search");
const field = form.querySelector("input");
field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => show(field.value));
form.addEventListener("submit", (event) => event.preventDefault());
show(field.value);
field.focus();
