import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** PROMPTS names each prompt's file in `prompts/`; a prompt that says something else gets a file of the next version. */
const PROMPTS = {
	parse: 'parse.v1.md',
	expand: 'expand.v1.md',
	assess: 'assess.v1.md',
	update: 'update.v1.md',
	append: 'append.v1.md',
	'scope-up': 'scope-up.v1.md',
	'scope-down': 'scope-down.v1.md',
	draft: 'draft.v1.md',
	research: 'research.v1.md',
} as const;
export type BacklogPrompt = keyof typeof PROMPTS;

const texts = new Map<BacklogPrompt, string>();

/** promptText is the text of a prompt; its file is read once. */
export function promptText(name: BacklogPrompt): string {
	const known = texts.get(name);
	if (known !== undefined) return known;
	const text = readFileSync(join(import.meta.dirname, 'prompts', PROMPTS[name]), 'utf8').trim();
	texts.set(name, text);
	return text;
}
