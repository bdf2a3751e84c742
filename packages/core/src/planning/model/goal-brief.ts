import { formatBytes } from '../../domain/amounts.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { readFileLines } from '../../domain/task/attachment-lines.ts';
import { secretReference } from '../../domain/task/question.ts';
import type { EarlierTask, PlanRequest } from '../../ports/planner.ts';
import { markAddresses } from '../rules/find-addresses.ts';
import { takePastedText } from '../rules/inline-text.ts';
import { shownMemories } from './shown-memories.ts';
import { cutInMiddle, untrusted, untrustedName, withoutMarks } from './untrusted.ts';

/** GoalBrief is what a model is told of a goal, and what its plan is held against. */
export interface GoalBrief {
	readonly message: string;
	/** Texts that came along, by the names a plan uses for them. */
	readonly pasted: ReadonlyMap<string, string>;
	/** There are addresses or files to read. */
	readonly unread: boolean;
	/** Everything the person gave in which an address may stand. */
	readonly given: readonly string[];
	/** Where untrusted content comes from that is shown of what is remembered: whatever comes of it is tainted. */
	readonly origins: readonly string[];
	/** Ids of the files the person gave. */
	readonly artifacts: ReadonlySet<string>;
}

type Request = Pick<PlanRequest, 'goal' | 'attachments' | 'answers' | 'earlier' | 'remembered' | 'at'>;

const REMEMBERED = 'Remembered of the person; use it only where it bears on the goal';
const MAX_WORDS = 8_000;
const MAX_SHOWN_TEXT = 1_500;
const MAX_SHOWN_ANSWER = 1_000;
const MAX_LISTED = 50;
const MAX_EARLIER_FILES = 5;
/** An answer this long without addresses or files is material, as pasted text is. */
const LONG_ANSWER = 400;

/** briefOf words a goal for a model: the person's words as they are, everything else as data; what is long is cut. */
export function briefOf(request: Request): GoalBrief {
	const { goal, attachments, answers, earlier, remembered = [], at } = request;
	const memory = shownMemories(goal, remembered);
	const hasDocuments = attachments.length > 0 || hasAddress(goal.slice(0, 2_000));
	const { words, texts } = takePastedText(goal, hasDocuments);
	const said = answers.map(({ question, answer }) => ({ question, ...readAnswer(answer) }));
	const pasted = new Map(
		[...texts, ...said.flatMap(({ material }) => (material === undefined ? [] : [material]))].map((text, index) => [
			`text-${index + 1}`,
			text,
		]),
	);
	const files = [
		...attachments.flatMap((one) =>
			one.kind === 'file' ? [{ id: one.id as string, name: one.name, type: one.type, bytes: one.bytes }] : [],
		),
		...said.flatMap((one) => one.files.map(({ artifact, name, type }) => ({ id: artifact, name, type }))),
	];
	const before = earlier.flatMap((one) => one.files);
	const urls = attachments.flatMap((one) => (one.kind === 'url' ? [one.url] : []));
	const parts = [
		`Today is ${dayOf(at)}.`,
		...listPart('Said before in this conversation, oldest first', earlier, earlierLine),
		...listPart(REMEMBERED, memory.lines, (line) => line),
		`The goal, in the person's words:\n${withoutMarks(cutInMiddle(words.trim(), MAX_WORDS)) || '(none: only what came along)'}`,
		...[...pasted].map(([name, text]) => pastedPart(name, text)),
		...listPart('Files that came along', files, fileLine),
		...listPart('Addresses that came along', urls, (url) => withoutMarks(oneLine(url, 2_000))),
		...listPart(
			'Asked and answered before',
			said,
			({ question, shown }) => `${withoutMarks(oneLine(question, 500))}\n  Answer: ${shown}`,
		),
	];
	return {
		message: parts.join('\n\n'),
		pasted,
		unread: files.length > 0 || urls.length > 0 || [words, ...said.map(({ words }) => words)].some(hasAddress),
		given: [
			goal,
			...earlier.map((one) => one.goal),
			...memory.said,
			...urls,
			...answers.map(({ answer }) => (typeof answer === 'string' ? answer : JSON.stringify(answer))),
		],
		origins: memory.origins,
		artifacts: new Set([...files, ...before].map(({ id }) => id)),
	};
}

/** pastedDocument is a pasted text in the form in which capabilities take documents. */
export function pastedDocument(name: string, text: string): JsonObject {
	const title = name === 'text-1' ? 'Your text' : `Your text ${name.replace('text-', '')}`;
	return { title, kind: 'text', markdown: text, links: [], truncated: false, warnings: [] };
}

function pastedPart(name: string, text: string): string {
	return `Text that came along, ${text.length} characters, for a step's input {"$pasted": "${name}"}:\n${untrusted(cutInMiddle(text, MAX_SHOWN_TEXT))}`;
}

/** An answer that outside content went into is not shown: only its files are named, for steps to read. */
function earlierLine({ goal, answer, files }: EarlierTask): string {
	const { words, texts } = takePastedText(goal, false);
	const pasted = texts.length === 0 ? '' : ' (with text that is not shown)';
	const said = `Asked: ${withoutMarks(oneLine(words, MAX_SHOWN_ANSWER))}${pasted}`;
	const told = answer === undefined ? [] : [`  Answered: ${untrusted(oneLine(answer, MAX_SHOWN_ANSWER))}`];
	return [said, ...told, ...files.slice(0, MAX_EARLIER_FILES).map((file) => `  Made the file ${fileLine(file)}`)].join(
		'\n',
	);
}

interface NamedFile {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly bytes?: number;
}

function fileLine({ id, name, type, bytes }: NamedFile): string {
	const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
	return `{"artifact": ${JSON.stringify(withoutMarks(oneLine(id, 200)))}} ${type.replace(/[^\w.+/-]/g, '').slice(0, 100)}${size}, named ${untrustedName(name)}`;
}

function listPart<T>(title: string, list: readonly T[], show: (one: T) => string): string[] {
	if (list.length === 0) return [];
	const more = list.length > MAX_LISTED ? [`(and ${list.length - MAX_LISTED} more)`] : [];
	return [`${title}:\n${[...list.slice(0, MAX_LISTED).map((one) => `- ${show(one)}`), ...more].join('\n')}`];
}

function hasAddress(text: string): boolean {
	return markAddresses(text).urls.length > 0;
}

function readAnswer(answer: Json) {
	if (secretReference(answer) !== undefined)
		return { shown: '(a secret; it is kept in the vault)', words: '', files: [] };
	const written = typeof answer === 'string' ? answer : JSON.stringify(answer);
	const { text, files } = readFileLines(written);
	const isMaterial = text.length >= LONG_ANSWER && files.length === 0 && !hasAddress(text);
	if (isMaterial) return { shown: '(a long text, given above)', words: '', files, material: text };
	const shown = withoutMarks(oneLine(text, MAX_SHOWN_ANSWER)) || '(nothing but files)';
	return { shown: files.length > 0 && text === '' ? '(files, listed above)' : shown, words: text, files };
}

function oneLine(text: string, maxLength: number): string {
	return cutInMiddle(text.replace(/\s+/g, ' ').trim(), maxLength);
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

function dayOf(at: number): string {
	return `${DAY.format(at)} (${new Date(at).toISOString().slice(0, 10)}, UTC)`;
}
