import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import { plainWords } from '../plain-words.ts';
import type { ToolAnswer } from '../protocol.ts';

/** FormReply is what becomes of a server's form: the person's answers, questions to put first, or no. */
export type FormReply =
	| { readonly kind: 'answered'; readonly content: Record<string, string | number | boolean> }
	| { readonly kind: 'ask'; readonly questions: readonly QuestionDraft[] }
	| { readonly kind: 'no' };

/**
 * replyToForm turns a form of a server into questions, one for each field, and the answers to them into what the form holds. A
 * form that cannot be asked this way, and one that was not answered as it wants, is declined.
 */
export function replyToForm(
	{ server, message, schema }: { readonly server: string; readonly message: string; readonly schema: JsonObject },
	answers: readonly ToolAnswer[],
): FormReply {
	const fields = fieldsOf(schema);
	if (fields === undefined) return { kind: 'no' };
	const opening = `The MCP server "${server}" asks: “${plainWords(message, 500)}”`;
	const asked = fields.map((field) => ({ field, question: questionOf(opening, field) }));
	const given = asked.map(({ question }) => answers.find((one) => one.question === question.text));
	if (given.some((one) => one === undefined)) return { kind: 'ask', questions: asked.map(({ question }) => question) };
	const content: Record<string, string | number | boolean> = {};
	for (const [index, { field }] of asked.entries()) {
		const value = fieldValue(field, given[index]?.answer ?? null);
		if (value === undefined && field.isNeeded) return { kind: 'no' };
		if (value !== undefined) content[field.name] = value;
	}
	return { kind: 'answered', content };
}

interface Field {
	readonly name: string;
	readonly words: string;
	readonly type: 'string' | 'number' | 'integer' | 'boolean';
	readonly choices: readonly { readonly value: string; readonly words: string }[] | undefined;
	readonly isNeeded: boolean;
}

const LEFT_OUT = '-';
const MAX_FIELDS = 12;
const MAX_CHOICES = 24;
const NAME = /^[\w.-]{1,100}$/;
const TYPES: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean']);

function fieldsOf({ properties, required }: JsonObject): Field[] | undefined {
	if (!isJsonObject(properties)) return undefined;
	const needed = new Set<Json>(Array.isArray(required) ? required : []);
	const all = Object.entries(properties);
	// What may be left out is left out where that makes the form one that can be asked.
	const chosen = all.length > MAX_FIELDS ? all.filter(([name]) => needed.has(name)) : all;
	const fields = chosen.map(([name, schema]) => fieldOf(name, schema, needed.has(name)) ?? name);
	if (fields.some((field) => typeof field === 'string' && needed.has(field))) return undefined;
	const known = fields.filter((field) => typeof field !== 'string');
	return known.length === 0 || known.length > MAX_FIELDS ? undefined : known;
}

function fieldOf(name: string, schema: Json, isNeeded: boolean): Field | undefined {
	if (!NAME.test(name) || !isJsonObject(schema) || !TYPES.has(schema['type'])) return undefined;
	const choices = choicesOf(schema);
	if (choices !== undefined && (choices.length < 2 || choices.length > MAX_CHOICES)) return undefined;
	const said = [schema['title'], schema['description']].filter((text) => typeof text === 'string');
	const words = plainWords(said.length > 0 ? said.join(': ') : name, 300);
	return { name, words, type: schema['type'] as Field['type'], choices, isNeeded };
}

function choicesOf(schema: JsonObject): { value: string; words: string }[] | undefined {
	if (Array.isArray(schema['enum'])) {
		const names: readonly Json[] = Array.isArray(schema['enumNames']) ? schema['enumNames'] : [];
		return schema['enum'].flatMap((value: Json, index: number) => choice(value, names[index]));
	}
	if (!Array.isArray(schema['oneOf'])) return undefined;
	return schema['oneOf'].flatMap((one: Json) => (isJsonObject(one) ? choice(one['const'], one['title']) : []));
}

function choice(value: Json | undefined, words: Json | undefined): { value: string; words: string }[] {
	if (typeof value !== 'string') return [];
	return [{ value, words: plainWords(typeof words === 'string' && words !== '' ? words : value, 200) }];
}

function questionOf(opening: string, field: Field): QuestionDraft {
	const text = `${opening} ${field.words}${field.isNeeded ? '' : ' (may be left out: answer -)'}`;
	const words = field.type === 'boolean' ? ['yes', 'no'] : field.choices?.map((one) => one.words);
	if (words === undefined) return { kind: 'text', text };
	return { kind: 'choice', text, choices: field.isNeeded ? words : [...words, LEFT_OUT] };
}

function fieldValue(field: Field, answer: Json): string | number | boolean | undefined {
	const text = typeof answer === 'string' ? answer.trim() : typeof answer === 'number' ? String(answer) : '';
	if (text === '' || (text === LEFT_OUT && !field.isNeeded)) return undefined;
	if (field.choices !== undefined) return field.choices.find(({ words }) => words === text)?.value;
	if (field.type === 'boolean') return text === 'yes';
	if (field.type === 'string') return text;
	const number = Number(text.replace(',', '.'));
	if (!Number.isFinite(number) || (field.type === 'integer' && !Number.isInteger(number))) return undefined;
	return number;
}
