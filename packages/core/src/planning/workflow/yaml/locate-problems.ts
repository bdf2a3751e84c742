import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { WorkflowProblem } from '../../../domain/workflow/problem.ts';
import type { FoundProblem, WorkflowPath } from '../found-problem.ts';
import { parseYaml } from './read-yaml.ts';

/** locateProblems gives each problem its line and column in the text it was found in: of the text or key at its path, or what is nearest. */
export function locateProblems(text: string, problems: readonly WorkflowProblem[]): readonly WorkflowProblem[] {
	if (problems.every((problem) => problem.line !== undefined)) return problems;
	const [only] = problems;
	const quick = problems.length === 1 && only !== undefined ? topKeyPosition(text, only) : undefined;
	if (quick !== undefined) return [quick];
	const parsed = parseYaml(text);
	if (!parsed.ok) return problems;
	const located = problems.map((problem) => {
		if (problem.line !== undefined) return problem;
		const { message, path } = problem;
		const place = 'place' in problem ? (problem as FoundProblem).place : (path?.split('.') ?? []);
		const at = positionOf(text, parsed.document.contents, place, problem as Partial<FoundProblem>);
		const { line, col } = parsed.lines.linePos(at);
		return { message, ...(path === undefined ? {} : { path }), line, column: col };
	});
	return located.toSorted(
		(one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
	);
}

/** What is wrong with all of a large text is told without reading it again. */
function topKeyPosition(text: string, { message, path }: WorkflowProblem): WorkflowProblem | undefined {
	if (path === undefined || !/^[a-z]+$/.test(path)) return undefined;
	const at = text.startsWith(`${path}:`) ? 0 : text.indexOf(`\n${path}:`) + 1;
	if (at === 0 && !text.startsWith(`${path}:`)) return undefined;
	return { message, path, line: text.slice(0, at).split('\n').length, column: 1 };
}

function positionOf(
	text: string,
	root: Node | null,
	place: WorkflowPath,
	{ offset, atKey }: Partial<FoundProblem>,
): number {
	let node: unknown = root;
	let key: unknown;
	for (const part of place) {
		const next = childOf(node, part);
		if (next === undefined) return startOf(key) ?? startOf(node) ?? 0;
		({ key, value: node } = next);
	}
	if (atKey === true) return startOf(key) ?? startOf(node) ?? 0;
	const start = startOf(node) ?? startOf(key) ?? 0;
	return isScalar(node) && offset !== undefined ? start + offsetIn(text, node, start, offset) : start;
}

function childOf(node: unknown, part: string | number): { readonly key: unknown; readonly value: unknown } | undefined {
	if (isSeq(node)) {
		const item: unknown = node.items[Number(part)];
		return item === undefined ? undefined : { key: item, value: item };
	}
	if (!isMap(node)) return undefined;
	const pair = node.items.find((one: Pair) => isScalar(one.key) && String(one.key.value) === String(part));
	return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

function startOf(node: unknown): number | undefined {
	const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
	return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}

/** Where a character of a text's value stands in the source; its beginning where quotes or lines stand between. */
function offsetIn(text: string, node: Scalar, start: number, offset: number): number {
	if (typeof node.value !== 'string') return 0;
	const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
	const source = text.slice(start + quoted, start + quoted + offset);
	if (node.value.startsWith(source)) return quoted + offset;
	const line = /^[|>][^\n]*\n([ ]*)/.exec(text.slice(start, start + 200));
	const before = node.value.slice(0, offset);
	if (line === null || node.type !== 'BLOCK_LITERAL') return 0;
	// Each line of a block is indented alike.
	const [head, indent = ''] = line;
	return head.length + offset + indent.length * (before.split('\n').length - 1);
}
