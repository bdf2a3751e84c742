import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from './choose-domains.ts';
import { versionOf } from './prompt-version.ts';

/** PromptName is a file in `prompts/`. */
export type PromptName = 'planner' | Domain;

const FOLDER = join(import.meta.dirname, 'prompts');
const texts = new Map<PromptName, string>();
let version: string | undefined;

/** promptText is the text of a prompt; its file is read once. */
export function promptText(name: PromptName): string {
	const known = texts.get(name);
	if (known !== undefined) return known;
	const text = readFileSync(join(FOLDER, `${name}.md`), 'utf8').trim();
	texts.set(name, text);
	return text;
}

/** promptVersion is the version of all prompts for planning together. */
export function promptVersion(): string {
	version ??= versionOf(
		...readdirSync(FOLDER)
			.toSorted()
			.map((file) => readFileSync(join(FOLDER, file), 'utf8')),
	);
	return version;
}

/**
 * fitPrompt leaves in a prompt what the catalogue can do: a line that begins with `[web.search]` stays where there is that capability,
 * one with `[no web.search]` where there is not, several names all hold; an example whose plan needs what is not there goes, with
 * its goal.
 */
export function fitPrompt(text: string, capabilities: ReadonlySet<string>): string {
	const fitting = examplesIn(text).reduce(
		(rest, { source, plan }) =>
			usedBy(plan).every((name) => capabilities.has(name)) ? rest : rest.replace(source, ''),
		text,
	);
	const lines = fitting.split('\n').flatMap((line) => {
		const [whole, no, names] = CONDITION.exec(line) ?? [];
		if (whole === undefined || names === undefined) return [line];
		const all = names.split(/,\s*/).every((name) => capabilities.has(name));
		return all === (no === undefined) ? [line.slice(whole.length)] : [];
	});
	return lines
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

/** Example is a goal with the plan that a prompt shows for it. */
export interface Example {
	readonly goal: string;
	/** JSON text of the arguments of `propose_plan`. */
	readonly plan: string;
	/** Both, as they stand in the prompt. */
	readonly source: string;
}

/** examplesIn finds a prompt's examples: a line `Goal: …` with a JSON block under it. */
export function examplesIn(text: string): Example[] {
	return Array.from(text.matchAll(EXAMPLE), ([source, goal = '', plan = '']) => ({ goal, plan, source }));
}

const CONDITION = /^\[(no )?([a-z]+\.[a-z]+(?:, ?[a-z]+\.[a-z]+)*)\] /;
const EXAMPLE = /^Goal: (.+)\n+```json\n([\s\S]*?)\n```\n?/gm;

function usedBy(plan: string): string[] {
	return Array.from(plan.matchAll(/"capability": ?"([^"]+)"/g), ([, name = '']) => name);
}
