// Reads a JSON line {tex, display}, writes a JSON line {html} or {error}, until the input ends.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const katex = createRequire(import.meta.url)('/usr/share/javascript/katex/katex.js');
for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    const options = { displayMode: display, throwOnError: true, strict: 'error' };
    answer = { html: katex.renderToString(tex, options) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
