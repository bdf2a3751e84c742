import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AskedEverywhere } from './ask-everywhere.ts';

const DOCUMENT = resolve(import.meta.dirname, '../../../docs/frontends.md');
const BEGIN = '<!-- Recorded: ERRAND_RECORD=1 npx vitest run test/e2e/frontends/same-goal.test.ts -->';
const END = '<!-- End of what was recorded. -->';

/** Said to whoever's message came second, which one time is this one and another time that one. */
const HINT = /^.*You have had this done before.*\n(?:[ \t]*│[ \t]*\n)?/gm;

/** transcriptsOf writes down what was seen, way by way, as it stands in docs/frontends.md. */
export function transcriptsOf({ shown, readable }: AskedEverywhere): string {
	return [...shown]
		.map(([name, { transcript }]) => `### ${name}\n\n~~~~text\n${readable(transcript).replace(HINT, '')}\n~~~~`)
		.join('\n\n');
}

/** recordedTranscripts are those in the document. */
export async function recordedTranscripts(): Promise<string> {
	const { inside } = taken(await readFile(DOCUMENT, 'utf8'));
	return inside;
}

/** recordTranscripts puts transcripts into the document, in place of those that are there. */
export async function recordTranscripts(transcripts: string): Promise<void> {
	const { before, after } = taken(await readFile(DOCUMENT, 'utf8'));
	await writeFile(DOCUMENT, `${before}${BEGIN}\n\n${transcripts}\n\n${END}${after}`);
}

function taken(text: string): { before: string; inside: string; after: string } {
	const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
	if (from === -1 || to === -1) throw new Error(`${DOCUMENT} has no place for transcripts.`);
	return {
		before: text.slice(0, from),
		inside: text.slice(from + BEGIN.length, to).trim(),
		after: text.slice(to + END.length),
	};
}
