// Programs from npm encode the same text:
//   node peer_bpe.cjs tokenizers TOKENIZER.json TEXT       Hugging Face's, RAYON_NUM_THREADS of them
//   node peer_bpe.cjs tiktoken RANKS TEXT                  OpenAI's, as WebAssembly; GPT-2's pattern
// prints: the shortest of three turns in seconds, the number of ids, and a hash over them.
const fs = require("fs");
const [name, vocabulary, file] = process.argv.slice(2);
const text = fs.readFileSync(file, "utf8");

/* GPT-2's pattern cuts at a line's end, if no other space is beside it: so the tokens of these
   parts are those of the whole. Hugging Face's shares parts, not a text, among its threads. */
const parts = [""];
for (const line of text.match(/[^]*?\S\n(?=\S)|[^]+$/g)) {
  if (parts[parts.length - 1].length > 4000) parts.push("");
  parts[parts.length - 1] += line;
}

async function encoder() {
  if (name === "tokenizers") {
    const tokenizer = require("tokenizers").Tokenizer.fromFile(vocabulary);
    return async () => {
      const all = await tokenizer.encodeBatch(parts, { addSpecialTokens: false });
      return () => all.map((encoding) => encoding.getIds());
    };
  }
  const { Tiktoken } = require("tiktoken");
  const ranks = fs.readFileSync(vocabulary, "utf8").trim().split("\n")
    .map((line) => line.split(" ")).map(([token, rank]) => `! ${rank} ${token}`).join("\n");
  const pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  const tiktoken = new Tiktoken(ranks, {}, pattern);
  return async () => {
    const all = parts.map((part) => tiktoken.encode_ordinary(part));
    return () => all;
  };
}

(async () => {
  const encode = await encoder();
  let best = Infinity, ids;
  for (let turn = 0; turn < 3; ++turn) {
    const begin = process.hrtime.bigint();
    ids = await encode();
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9);
  }
  let count = 0, hash = 0;
  for (const list of ids())
    for (const id of list) hash = (Math.imul(hash, 31) + id) >>> 0, ++count;
  console.log(best, count, hash);
})();
