import type { ASTNode } from '@marcbachmann/cel-js';
import type { NameUse } from './parse-expression.ts';

/** childrenOf lists the parts of an expression, in the order they are written. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
	switch (node.op) {
		case 'value':
		case 'id':
			return [];
		case '.':
		case '.?':
			return [node.args[0]];
		case 'call':
			return node.args[1];
		case 'rcall':
			return [node.args[1], ...node.args[2]];
		case 'map':
			return node.args.flat();
		case '!_':
		case '-_':
			return [node.args];
		default:
			return node.args;
	}
}

/** freeNames finds the names that an expression does not bind itself, each where it stands first. */
export function freeNames(tree: ASTNode): ReadonlyMap<string, NameUse> {
	const found = new Map<string, { offset: number; fields: Set<string> | undefined }>();
	visit(tree, new Set(), (name, offset, field) => {
		const use = found.get(name);
		if (use === undefined) found.set(name, { offset, fields: field === undefined ? undefined : new Set([field]) });
		else if (field === undefined) use.fields = undefined;
		else use.fields?.add(field);
	});
	return found;
}

/** isCheap tells whether working it out takes time and room in proportion to what it is given: no patterns, no going over lists. */
export function isCheap(tree: ASTNode): boolean {
	if (tree.op === 'rcall' && !CHEAP_METHODS.has(tree.args[0])) return false;
	return childrenOf(tree).every(isCheap);
}

/** usesIn counts the places where names are used. */
export function usesIn(tree: ASTNode): number {
	return childrenOf(tree).reduce((count, child) => count + usesIn(child), tree.op === 'id' ? 1 : 0);
}

export function hasQuotient(tree: ASTNode): boolean {
	return tree.op === '/' || childrenOf(tree).some(hasQuotient);
}

/** withQuotients writes an expression anew, `a / b` as `quotient(a, b)`: CEL's own division of whole numbers cannot be made to come out even. */
export function withQuotients(node: ASTNode): string {
	const written = childrenOf(node).map(withQuotients);
	const [one = '', two = '', three = ''] = written;
	switch (node.op) {
		case 'value':
			return node.input.slice(node.start, node.end);
		case 'id':
			return node.args;
		case '.':
		case '.?':
			return `${one}${node.op}${node.args[1]}`;
		case '[]':
			return `${one}[${two}]`;
		case '[?]':
			return `${one}[?${two}]`;
		case 'call':
			return `${node.args[0]}(${written.join(', ')})`;
		case 'rcall':
			return `${one}.${node.args[0]}(${written.slice(1).join(', ')})`;
		case 'list':
			return `[${written.join(', ')}]`;
		case 'map':
			return `{${node.args.map((_, index) => `${written[2 * index]}: ${written[2 * index + 1]}`).join(', ')}}`;
		case '!_':
		case '-_':
			return `(${node.op.charAt(0)}${one})`;
		case '?:':
			return `(${one} ? ${two} : ${three})`;
		case '/':
			return `quotient(${one}, ${two})`;
		default:
			return `(${one} ${node.op} ${two})`;
	}
}

const CHEAP_METHODS: ReadonlySet<string> = new Set([
	...['size', 'contains', 'startsWith', 'endsWith', 'lower', 'upper', 'lowerAscii', 'upperAscii', 'trim', 'indexOf'],
	...[
		'lastIndexOf',
		'substring',
		'split',
		'sum',
		'getFullYear',
		'getMonth',
		'getDate',
		'getDayOfMonth',
		'getDayOfWeek',
	],
	...['getDayOfYear', 'getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'],
]);
/** Methods whose first argument is a name that they bind for the others. */
const BINDERS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

type Found = (name: string, offset: number, field: string | undefined) => void;

function visit(node: ASTNode, bound: ReadonlySet<string>, found: Found): void {
	if (node.op === 'id') {
		if (!bound.has(node.args)) found(node.args, node.start, undefined);
		return;
	}
	if (node.op === '.' && node.args[0].op === 'id') {
		const { args: name, start } = node.args[0];
		if (!bound.has(name)) found(name, start, node.args[1]);
		return;
	}
	if (node.op !== 'rcall' || !BINDERS.has(node.args[0])) {
		for (const child of childrenOf(node)) visit(child, bound, found);
		return;
	}
	const [method, receiver, [variable, ...rest]] = node.args;
	// `cel.bind` belongs to no value; what is bound is not known in the value that is bound to it.
	if (method === 'bind') {
		const [value, ...body] = rest;
		if (value !== undefined) visit(value, bound, found);
		visitAll(body, variable, bound, found);
		return;
	}
	visit(receiver, bound, found);
	visitAll(rest, variable, bound, found);
}

function visitAll(
	nodes: readonly ASTNode[],
	variable: ASTNode | undefined,
	bound: ReadonlySet<string>,
	found: Found,
): void {
	const inner = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound;
	for (const node of nodes) visit(node, inner, found);
}
