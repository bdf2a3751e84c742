import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// A larger collection is not kept here; the variable names a folder with one.
const folder = process.env['ERRAND_CORPORA_DIR'];
const collected =
	folder === undefined ? [] : (JSON.parse(readFileSync(join(folder, 'blns.json'), 'utf8')) as readonly string[]);
/** So many of a large collection are sent, because each is a task. */
const SAMPLE = 20;

/** naughtyStrings are texts made to break what shows or reads them. */
export const naughtyStrings: readonly string[] = [
	'@everyone @here <@123> <@&1> <#42> </cmd:1>',
	'[open](javascript:alert(1)) [me](tg://user?id=1) [https://bank.example](https://evil.example/)',
	'<b>bold</b> <script>alert(1)</script> <a href="javascript:alert(1)">x</a> & &lt;i&gt; </code></pre>',
	'`` ` ``` **unclosed _marks ~~ || [ ]( > # - 1.',
	`Z${'\u0335\u0321\u0322'.repeat(40)}algo`,
	'invoice\u202efdp.exe \u2066x\u2069',
	'\ud83d halves \udc00, 👩‍👩‍👧‍👦, \u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
	'x'.repeat(900),
	...collected.filter((text, at) => text.trim() !== '' && at % Math.ceil(collected.length / SAMPLE) === 0),
];
