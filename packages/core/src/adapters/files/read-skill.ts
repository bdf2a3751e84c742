import { parseDocument } from 'yaml';
import { isJsonObject, type Json } from '../../domain/json.ts';

/** ReadSkill is what a `SKILL.md` says, or why it cannot be used. */
export type ReadSkill =
	| {
			readonly ok: true;
			readonly name: string;
			readonly description: string;
			readonly text: string;
			readonly allowedTools?: readonly string[];
	  }
	| { readonly ok: false; readonly problem: string };

const MAX_HEAD = 16_000;
const MAX_DESCRIPTION = 1_024;
const MAX_TOOLS = 100;

/** readSkill reads a `SKILL.md`: YAML between two lines of `---`, then instructions. `folder` names it where its file does not. */
export function readSkill(content: string, folder: string): ReadSkill {
	const found = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(content);
	const head = found?.[1];
	if (found === null || head === undefined)
		return bad('It does not begin with a block of YAML between two lines of "---" that says `name` and `description`.');
	if (head.length > MAX_HEAD) return bad(`The block at its beginning is longer than ${MAX_HEAD} characters.`);
	const fields = fieldsOf(head);
	if (fields === undefined) return bad('The block at its beginning is no YAML.');
	const name = textOf(fields['name']) ?? folder;
	if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || name.length > 64)
		return bad(
			`Its name "${name.slice(0, 80)}" is not made of lower-case letters, digits and single hyphens, 64 at most.`,
		);
	const description = textOf(fields['description'])?.replaceAll(/\s+/g, ' ');
	if (description === undefined) return bad('It has no `description` that says what it is for, and when.');
	const text = content.slice(found[0].length).trim();
	if (text === '') return bad('It has no instructions below the block at its beginning.');
	const allowedTools = toolsOf(fields['allowed-tools']);
	const short = description.slice(0, MAX_DESCRIPTION);
	return { ok: true, name, description: short, text, ...(allowedTools === undefined ? {} : { allowedTools }) };
}

function bad(problem: string): ReadSkill {
	return { ok: false, problem };
}

function fieldsOf(head: string): Readonly<Record<string, Json>> | undefined {
	const document = parseDocument(head, { logLevel: 'silent' });
	if (document.errors.length > 0) return plainLines(head);
	try {
		const read = document.toJS({ maxAliasCount: 0 }) as Json;
		return isJsonObject(read) ? read : undefined;
	} catch {
		return undefined;
	}
}

/** Many write `description: Reads PDFs. Use when: …`, which is no YAML, and other programs take it. */
function plainLines(head: string): Readonly<Record<string, Json>> | undefined {
	const lines = head.matchAll(/^([a-z][a-z-]{0,40}):[ \t]+(\S.*)$/gm);
	const fields = Object.fromEntries([...lines].map(([, key = '', value = '']) => [key, value.trim()]));
	return fields['name'] === undefined && fields['description'] === undefined ? undefined : fields;
}

function textOf(value: Json | undefined): string | undefined {
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	return text === '' ? undefined : text;
}

/** A list, or words with spaces or commas between; what stands in brackets belongs to the word before: `Bash(git:*)`. */
function toolsOf(value: Json | undefined): readonly string[] | undefined {
	if (Array.isArray(value))
		return (value as readonly Json[]).flatMap((one) => (typeof one === 'string' ? one.trim() : [])).slice(0, MAX_TOOLS);
	if (typeof value !== 'string') return undefined;
	return (value.match(/[^\s,(]+(?:\([^)]*\))?/g) ?? []).slice(0, MAX_TOOLS);
}
