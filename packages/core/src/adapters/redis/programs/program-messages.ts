import { z } from 'zod';
import { isCoreError } from '../../../domain/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../domain/json.ts';
import { parseInput } from '../../../domain/parse-input.ts';
import { shortened } from '../../../domain/shortened.ts';

const AnyJson = z.custom<Json>((value) => value !== undefined, 'must be there');
const Id = z.string().min(1).max(100);

/** ProgramAboutSchema is what a program says of itself, again and again while it lives. */
export const ProgramAboutSchema = z.object({
	protocol: z.literal(1).describe('Version of this contract.'),
	program: z
		.string()
		.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/)
		.describe('What it is called, the same for all of its instances.'),
	capabilities: z
		.array(z.custom<JsonObject>((value) => isJsonObject(value as Json)))
		.max(200)
		.describe('What it can do; each as in capability.schema.json.'),
});
export type ProgramAbout = z.infer<typeof ProgramAboutSchema>;

/** ProgramCallSchema is what a program hears, in order, on its list of calls. */
export const ProgramCallSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('call'),
		id: Id.describe('Names this run in everything that is said of it.'),
		answerTo: z.string().describe('The list to which answers are pushed.'),
		capability: z.string(),
		input: AnyJson,
		timeoutMs: z.int().describe('Nobody waits longer for an answer.'),
		task: z.string(),
		answers: z
			.array(z.object({ question: z.string(), answer: AnyJson }))
			.optional()
			.describe('What the person said to what an earlier run of the same step asked.'),
	}),
	z.object({ kind: z.literal('cancel'), id: Id.describe('The run that is not wanted any more.') }),
]);
export type ProgramCall = z.infer<typeof ProgramCallSchema>;

/** ProgramWordSchema is what a program says of a run; `done`, `failed` or `asked` comes once, and last. */
export const ProgramWordSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('progress'),
		id: Id,
		percent: z.number().min(0).max(100).optional(),
		text: z.string().optional(),
		partial: z.string().optional().describe('What there is of the output so far, as Markdown.'),
	}),
	z.object({
		kind: z.literal('done'),
		id: Id,
		output: AnyJson,
		origins: z
			.array(z.string().max(300))
			.max(100)
			.optional()
			.describe(
				'Where content comes from that others wrote, such as `web:example.com`; none: `[]`. Left out: the program.',
			),
		files: z
			.array(z.object({ name: z.string().min(1).max(200), type: z.string().max(100), base64: z.string() }))
			.max(20)
			.optional()
			.describe('Files to keep; the output, an object then, gets them as `files`. 8 MB in all.'),
	}),
	z.object({
		kind: z.literal('failed'),
		id: Id,
		message: z.string().max(4_000),
		hint: z.string().max(2_000).optional(),
		retryable: z.boolean().optional().describe('It may go well next time.'),
		retryAfterMs: z.int().min(0).optional(),
		unknownOutcome: z.boolean().optional().describe('It may have taken effect; a person has to look.'),
	}),
	z.object({
		kind: z.literal('asked'),
		id: Id,
		questions: z
			.array(
				z.object({
					kind: z.enum(['text', 'choice', 'approval']),
					text: z.string().min(1).max(2_000),
					choices: z.array(z.string().min(1).max(200)).min(1).max(20).optional(),
				}),
			)
			.min(1)
			.max(10)
			.describe('For the person. The run ends with them; once all are answered, a new one comes with `answers`.'),
	}),
]);
export type ProgramWord = z.infer<typeof ProgramWordSchema>;

/** readAbout reads what a program says of itself; undefined for what this version does not understand. */
export function readAbout(text: string): ProgramAbout | undefined {
	return text.length > MAX_ABOUT ? undefined : read(ProgramAboutSchema, text);
}

/** BadWord is a last word that is none: whoever waits for the run would wait for ever. */
interface BadWord {
	readonly kind: 'bad';
	readonly id: string;
	readonly problem: string;
}

/** readWord reads what a program says of a run; undefined for what says nothing of any, and for progress that is not understood. */
export function readWord(text: string): ProgramWord | BadWord | undefined {
	const json = read(AnyJson, text);
	try {
		return parseInput(ProgramWordSchema, json, 'What the program said');
	} catch (error) {
		const { id, kind } = isJsonObject(json) ? json : {};
		if (typeof id !== 'string' || kind === 'progress' || !isCoreError(error)) return undefined;
		return { kind: 'bad', id, problem: shortened(error.message, 1_000) };
	}
}

/** MAX_ABOUT is how much (characters) a program may say of itself: it says so every second. */
export const MAX_ABOUT = 256 * 1024;

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}
