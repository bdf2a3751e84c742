import { z } from 'zod';

/**
 * Fields of tools' inputs. They take what clients really send: numbers and flags as text, numbers where text is meant, lists
 * where a comma list is meant, and null for what is left out.
 */
const absent = (value: unknown) => value === null || value === undefined;

function asText(value: unknown): unknown {
	if (absent(value)) return undefined;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return Array.isArray(value) ? value.map(String).join(',') : value;
}

function asNumber(value: unknown): unknown {
	if (absent(value)) return undefined;
	if (typeof value !== 'string') return value;
	const trimmed = value.trim();
	return trimmed === '' ? undefined : Number(trimmed);
}

function asFlag(value: unknown): unknown {
	if (absent(value) || value === '') return undefined;
	if (typeof value !== 'string') return value;
	const word = value.trim().toLowerCase();
	if (word === 'true' || word === 'yes' || word === '1') return true;
	return word === 'false' || word === 'no' || word === '0' ? false : value;
}

/** asObject reads an object also where it is JSON text. */
export function asObject(value: unknown): unknown {
	if (absent(value) || value === '') return undefined;
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

/** What is longer belongs into a file of the project. */
const MOST_CHARACTERS = 200_000;
const DEEPEST = 20;

const boundedText = z.string().refine((value) => value.length <= MOST_CHARACTERS, {
	error: `is longer than ${MOST_CHARACTERS} characters`,
	params: { code: 'too-large' },
});

function isShallow(value: unknown, levels = DEEPEST): boolean {
	if (typeof value !== 'object' || value === null) return true;
	return levels > 0 && Object.values(value).every((one) => isShallow(one, levels - 1));
}

/** text is a text that must be there. */
export const text = (about: string) => z.preprocess(asText, boundedText.trim().min(1)).describe(about);

/** optionalText may be left out. */
export const optionalText = (about: string) => z.preprocess(asText, boundedText.optional()).optional().describe(about);

/** optionalNumber is a whole number from `min` to `max`, or left out. */
export const optionalNumber = (about: string, { min = 0, max = 1_000_000 }: { min?: number; max?: number } = {}) =>
	z.preprocess(asNumber, z.number().int().min(min).max(max).optional()).optional().describe(about);

/** count is a whole number, or left out. */
export const count = (about: string) => optionalNumber(about, { max: 10_000_000 });

/** flag is true, false or left out. */
export const flag = (about: string) => z.preprocess(asFlag, z.boolean().optional()).optional().describe(about);

/** choice is one of a few words, in any case, or left out. */
export const choice = <const Words extends readonly [string, ...string[]]>(about: string, words: Words) =>
	z
		.preprocess((value) => (value === '' ? undefined : lower(asText(value))), z.enum(words).optional())
		.optional()
		.describe(about);

/** neededChoice is one of a few words, in any case. */
export const neededChoice = <const Words extends readonly [string, ...string[]]>(about: string, words: Words) =>
	z.preprocess((value) => lower(asText(value)), z.enum(words)).describe(about);

/** optionalObject is an object, also as JSON text, or left out. */
export const optionalObject = (about: string) =>
	z
		.preprocess(
			asObject,
			z
				.looseObject({})
				.refine((value) => isShallow(value), { error: `is nested deeper than ${DEEPEST} levels` })
				.optional(),
		)
		.optional()
		.describe(about);

/** textList is a list of texts, also as a comma list, or left out. */
export const textList = (about: string) =>
	z
		.preprocess(
			(value) => (absent(value) ? undefined : typeof value === 'string' ? splitList(value) : value),
			z.array(z.string()).max(1_000).optional(),
		)
		.optional()
		.describe(about);

const lower = (value: unknown) => (typeof value === 'string' ? value.trim().toLowerCase() : value);

const splitList = (list: string) =>
	list
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '');

/** projectRoot names the project. */
export const projectRoot = text('The project: the absolute path of its folder, or its backlog’s id.');
export const optionalProjectRoot = optionalText('The project: the absolute path of its folder, or its backlog’s id.');
export const tag = optionalText('The tag (list of tasks) to work on; left out: the current one.');
export const file = optionalText('Path of the tasks file, where it is not the project’s own.');
export const research = flag('Look things up on the web first, with sources.');
export const inBackground = flag('Answer at once with an operationId; operation_status tells how it goes.');

/** openObject is an answer: members named here, and others beside them. */
export const openObject = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape);

/** anyObject is any JSON object. */
export const anyObject = z.looseObject({});
