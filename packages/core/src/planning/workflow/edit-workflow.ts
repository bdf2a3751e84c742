import {
	type Document,
	isMap,
	isNode,
	isScalar,
	isSeq,
	type Node,
	type Pair,
	Scalar,
	type YAMLMap,
	type YAMLSeq,
} from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { writeWorkflow } from './write-workflow.ts';
import { inWrittenOrder } from './written-order.ts';
import { parseYaml } from './yaml/read-yaml.ts';

/**
 * editWorkflow is a text that says what the definition says, with the comments, the order and the quotes of all that did not change;
 * steps are known again by their ids. A text that cannot be read is written anew.
 */
export function editWorkflow(text: string, definition: WorkflowDefinition | JsonObject): string {
	const parsed = parseYaml(text);
	if (!parsed.ok || !isMap(parsed.document.contents) || usesAliases(text)) return writeWorkflow(definition);
	const { document } = parsed;
	const wanted = inWrittenOrder(definition);
	const before: unknown = document.toJS();
	// A version that the text leaves out is 1.
	if (isJsonObject(before) && before['version'] === undefined && wanted['version'] === 1) {
		const { version: _, ...rest } = wanted;
		editMap(document, parsed.document.contents, rest);
	} else editMap(document, parsed.document.contents, wanted);
	return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** What an alias stands for cannot be changed in one place alone. */
function usesAliases(text: string): boolean {
	return /(?:^|[\s[{,])[&*][\w-]+/m.test(text);
}

function editMap(document: Document, map: YAMLMap, wanted: JsonObject): void {
	const kept = map.items.filter((pair) => Object.hasOwn(wanted, keyOf(pair)));
	const byKey = new Map(kept.map((pair) => [keyOf(pair), pair]));
	/** What is new stands behind what it follows in the definition; in front where it follows nothing. */
	const behind = new Map<Pair | undefined, Pair[]>();
	let last: Pair | undefined;
	for (const [key, value] of Object.entries(wanted)) {
		const pair = byKey.get(key);
		if (pair === undefined) {
			const added = behind.get(last) ?? [];
			behind.set(last, added);
			added.push(document.createPair(key, value));
			continue;
		}
		pair.value = edited(document, pair.value, value);
		last = pair;
	}
	map.items = [undefined, ...kept].flatMap((pair) => [...(pair ? [pair] : []), ...(behind.get(pair) ?? [])]);
}

/** A node that holds the value: the old one, changed as little as can be. */
function edited(document: Document, node: unknown, wanted: Json): unknown {
	if (same(plain(node), wanted)) return node;
	// `[]` and `{}` can be written in no other way; what comes into them can.
	if ((isSeq(node) || isMap(node)) && node.items.length === 0) node.flow = false;
	if (isMap(node) && isJsonObject(wanted)) {
		editMap(document, node, wanted);
		return node;
	}
	if (isSeq(node) && Array.isArray(wanted)) {
		editSeq(document, node, wanted as readonly Json[]);
		return node;
	}
	const made = document.createNode(wanted);
	return isScalar(node) ? withLookOf(node, made) : made;
}

/** The value is new, its quotes and its comments stay. */
function withLookOf(old: Scalar, made: Node): Node {
	made.comment = old.comment ?? null;
	made.commentBefore = old.commentBefore ?? null;
	made.spaceBefore = old.spaceBefore ?? false;
	if (
		made instanceof Scalar &&
		typeof made.value === 'string' &&
		typeof old.value === 'string' &&
		old.type !== undefined
	)
		made.type = old.type;
	return made;
}

/** Elements are known again by their ids, then by being the same, then by where they stand. */
function editSeq(document: Document, seq: YAMLSeq, wanted: readonly Json[]): void {
	const old = [...seq.items];
	const [first] = old;
	// What stands above the first element is about it, and moves with it.
	if (isNode(first) && typeof seq.commentBefore === 'string' && typeof first.commentBefore !== 'string') {
		first.commentBefore = seq.commentBefore;
		seq.commentBefore = null;
	}
	const taken = new Set<unknown>();
	const take = (found: unknown): unknown => {
		if (found !== undefined) taken.add(found);
		return found;
	};
	const free = (node: unknown) => !taken.has(node);
	const byId = wanted.map((value) => {
		const id = idIn(value);
		return id === undefined ? undefined : take(old.find((node) => free(node) && idIn(plain(node)) === id));
	});
	const known = wanted.map(
		(value, index) => byId[index] ?? take(old.find((node) => free(node) && same(plain(node), value))),
	);
	seq.items = wanted.map((value, index) => {
		const stands = old[index];
		const node =
			known[index] ?? (stands !== undefined && free(stands) && alike(plain(stands), value) ? take(stands) : undefined);
		return node === undefined ? document.createNode(value) : edited(document, node, value);
	});
}

/** Whether one element may have become the other: both without an id, and of one form. */
function alike(one: Json, other: Json): boolean {
	if (!isJsonObject(one) || !isJsonObject(other)) return typeof one === typeof other;
	return idIn(one) === undefined && idIn(other) === undefined;
}

function idIn(value: Json): string | undefined {
	return isJsonObject(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

function plain(node: unknown): Json {
	if (isScalar(node)) return node.value as Json;
	if (isSeq(node)) return node.items.map(plain);
	if (isMap(node)) return Object.fromEntries(node.items.map((pair) => [keyOf(pair), plain(pair.value)]));
	return (node ?? null) as Json;
}

function keyOf({ key }: Pair): string {
	return isScalar(key) ? String(key.value) : String(key);
}

/** Equal, whatever the order of keys. */
function same(one: Json, other: Json): boolean {
	if (one === other) return true;
	if (Array.isArray(one)) {
		return (
			Array.isArray(other) &&
			one.length === other.length &&
			one.every((part: Json, index) => same(part, (other as readonly Json[])[index] ?? null))
		);
	}
	if (!isJsonObject(one) || !isJsonObject(other)) return false;
	const keys = Object.keys(one);
	if (keys.length !== Object.keys(other).length) return false;
	return keys.every((key) => Object.hasOwn(other, key) && same(one[key] ?? null, other[key] ?? null));
}
