import { Composer, type CST, type Document, isScalar, Lexer, LineCounter, Parser, visit, type YAMLError } from 'yaml';
import type { Json } from '../../../domain/json.ts';
import { WORKFLOW_LIMITS } from '../../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../../domain/workflow/problem.ts';
import { quickYaml } from './quick-yaml.ts';

export type ReadYaml =
	| { readonly ok: true; readonly value: Json }
	| { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

/** Aliases that a text may use, and values that it may come to with them: a few lines could otherwise stand for billions. */
const MAX_ALIASES = 100;
const MAX_VALUES = 200_000;
const MAX_DEPTH = 100;
/**
 * Words and marks of a text that is read slowly, tags in it, and what may stand in it one after the other: the library takes
 * up to a second for 50,000 of them, and longer for what is wrong, while whoever reads has other things to do.
 */
const MAX_PIECES = 100_000;
const MAX_TAGS = 100;
const MAX_PARTS = 4_000;

/** readYaml reads YAML 1.2 (and so JSON) into plain data, quickly where it is written plainly; it never throws. */
export function readYaml(text: string): ReadYaml {
	const tooBig = sizeProblem(text);
	if (tooBig !== undefined) return { ok: false, problems: [{ message: tooBig }] };
	const quick = quickYaml(text);
	if (quick !== undefined) return { ok: true, value: quick };
	const parsed = parseYaml(text);
	if (!parsed.ok) return parsed;
	try {
		const value: unknown = parsed.document.toJS({ maxAliasCount: MAX_ALIASES });
		return plain(value);
	} catch (error) {
		const message =
			error instanceof ReferenceError ? `Aliases (\`*name\`) cannot be used like this: ${error.message}.` : TOO_DEEP;
		return { ok: false, problems: [{ message, line: 1, column: 1 }] };
	}
}

/** parseYaml reads a text with its positions and comments. */
export function parseYaml(
	text: string,
):
	| { readonly ok: true; readonly document: Document.Parsed; readonly lines: LineCounter }
	| { readonly ok: false; readonly problems: readonly WorkflowProblem[] } {
	const lines = new LineCounter();
	const at = (position: number) => {
		const { line, col } = lines.linePos(position);
		return { line, column: col };
	};
	try {
		const document = composed(text, lines);
		if (document.errors.length > 0)
			return { ok: false, problems: document.errors.slice(0, 50).map((error) => problemOf(error, lines)) };
		const { repeated, aliases } = lookThrough(document);
		if (repeated.length > 0)
			return { ok: false, problems: repeated.map((position) => ({ message: REPEATED, ...at(position) })) };
		const [tooMany] = aliases.slice(MAX_ALIASES);
		if (tooMany === undefined) return { ok: true, document, lines };
		return { ok: false, problems: [{ message: `A text may use ${MAX_ALIASES} aliases (\`*name\`).`, ...at(tooMany) }] };
	} catch (error) {
		const message = error instanceof TooLong ? error.message : TOO_DEEP;
		return { ok: false, problems: [{ message, line: 1, column: 1 }] };
	}
}

/** As the library's `parseDocument` does it, but no further than it is worth. */
function composed(text: string, lines: LineCounter): Document.Parsed {
	// The library would compare each key with each.
	const composer = new Composer({ lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
	const [document] = composer.compose(partsOf(text, lines), true, text.length);
	if (document === undefined) throw new TypeError('The library gave no document.');
	return document;
}

function* partsOf(text: string, lines: LineCounter): Generator<CST.Token> {
	const parser = new Parser(lines.addNewLine);
	lines.addNewLine(0);
	let [pieces, tags, parts] = [0, 0, 0];
	for (const piece of new Lexer().lex(text)) {
		if (++pieces > MAX_PIECES) throw new TooLong(`The text has more than ${MAX_PIECES} words and marks.`);
		if (piece.startsWith('!') && ++tags > MAX_TAGS) throw new TooLong(`A text may use ${MAX_TAGS} tags (\`!name\`).`);
		for (const part of parser.next(piece)) {
			if (++parts > MAX_PARTS) throw new TooLong('The text is no workflow, or has too much around it.');
			yield part;
		}
	}
	yield* parser.end();
}

class TooLong extends Error {}

/** Where keys stand that their mapping has already, and where aliases are used. */
function lookThrough(document: Document.Parsed): { readonly repeated: number[]; readonly aliases: number[] } {
	const repeated: number[] = [];
	const aliases: number[] = [];
	visit(document, {
		Alias: (_, { range }) => void aliases.push(range?.[0] ?? 0),
		Map: (_, { items }) => {
			const known = new Set<unknown>();
			for (const { key } of items) {
				// Merged keys may stand there more than once.
				if (!isScalar(key) || key.value === '<<') continue;
				if (known.has(key.value) && repeated.length < 50) repeated.push(key.range?.[0] ?? 0);
				known.add(key.value);
			}
		},
	});
	return { repeated, aliases };
}

const REPEATED = 'This key stands here twice.';
const TOO_DEEP = `The text is nested deeper than ${MAX_DEPTH} levels.`;

function sizeProblem(text: string): string | undefined {
	const { maxBytes } = WORKFLOW_LIMITS;
	if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes)
		return `The text is larger than ${maxBytes / 1_000_000} MB.`;
	return undefined;
}

function problemOf(error: YAMLError, lines: LineCounter): WorkflowProblem {
	const { line, col } = lines.linePos(error.pos[0]);
	return { message: WORDS[error.code] ?? `This is no YAML: ${error.message}.`, line, column: col };
}

const WORDS: Readonly<Record<string, string>> = {
	TAB_AS_INDENT: 'YAML is indented with spaces, not with tabs.',
	MULTIPLE_DOCS: 'One text holds one workflow; this begins a second document.',
	RESOURCE_EXHAUSTION: TOO_DEEP,
};

/** Data that JSON can hold, without circles and without end. */
function plain(value: unknown): ReadYaml {
	const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
	let seen = 0;
	const refuse = (message: string): ReadYaml => ({ ok: false, problems: [{ message, line: 1, column: 1 }] });
	for (let top = open.pop(); top !== undefined; top = open.pop()) {
		if (++seen > MAX_VALUES) return refuse(`The text comes to more than ${MAX_VALUES} values.`);
		if (top.depth > MAX_DEPTH) return refuse(TOO_DEEP);
		if (typeof top.value === 'number' && !Number.isFinite(top.value))
			return refuse('`.inf` and `.nan` cannot be used here.');
		if (typeof top.value === 'bigint') return refuse('A number is too large to be kept exactly; write it as a text.');
		if (typeof top.value !== 'object' || top.value === null) continue;
		for (const part of Object.values(top.value)) open.push({ value: part, depth: top.depth + 1 });
	}
	return { ok: true, value: value as Json };
}
