import { CoreError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { textArgument } from '../arguments.ts';
import { pathBetween } from '../dependency-graph.ts';
import type { BacklogFact } from '../facts.ts';
import type { Item, ItemReference, Subitem } from '../item.ts';
import { type ItemPath, pathKey, pathOf, pathText, targetKey } from '../item-path.ts';
import type { ItemFields } from '../operation-change.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownAt, neededText, type RuleCall, tagOf } from './call.ts';
import { keptReferences } from './new-items.ts';

/** updateByHand keeps metadata with an item or subitem, and appends a note to it, without any model. */
export function updateByHand({ state, args, at }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const path = pathOf(neededText(args, 'id'));
	const metadata = args['metadata'];
	const note = textArgument(args, 'prompt');
	knownAt(draft, path, tag.name);
	if (!isJsonObject(metadata) && note === undefined) {
		throw new CoreError('invalid-input', `Nothing was said that would change ${pathText(path)}.`, {
			hint: 'Give a prompt, or metadata.',
		});
	}
	if (isJsonObject(metadata)) change(draft, path, (one) => ({ ...one, extra: withMetadata(one.extra, metadata) }));
	if (note !== undefined) appendNote(draft, path, note, at);
	return draft.facts(tag.name);
}

/** appendNote adds a text with its time to the details of an item or subitem. */
export function appendNote(draft: TagDraft, path: ItemPath, text: string, at: number): void {
	const time = new Date(at).toISOString();
	const note = `<info added on ${time}>\n${text.trim()}\n</info added on ${time}>`;
	change(draft, path, (one) => {
		const details = (one.details ?? '').trimEnd();
		return { ...one, details: details === '' ? note : `${details}\n${note}` };
	});
}

/** applyFields changes what an update names; dependencies on what is unknown, and such as would close a circle, are left out. */
export function applyFields(draft: TagDraft, path: ItemPath, fields: ItemFields): string[] {
	const { dependencies, ...words } = fields;
	const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
	change(draft, path, (one) => ({ ...one, ...said }));
	return dependencies === undefined ? [] : setDependencies(draft, path, dependencies);
}

function setDependencies(draft: TagDraft, path: ItemPath, wanted: readonly ItemReference[]): string[] {
	const item = draft.item(path.item);
	if (item === undefined) return [];
	const self = pathKey(path.item, path.sub);
	const isSubitem = path.sub !== undefined;
	const parent = isSubitem ? item : undefined;
	const { kept, dropped: unknown } = keptReferences(draft, wanted, { self, parent });
	const before = (draft.at(path)?.dependencies ?? []).map((one) => targetKey(item, isSubitem, one));
	const dropped = [...unknown];
	const safe: ItemReference[] = [];
	for (const one of kept) {
		const key = targetKey(item, isSubitem, one);
		if (before.includes(key) || pathBetween(draft.list(), key, self) === undefined) safe.push(one);
		else dropped.push(String(one));
	}
	change(draft, path, (one) => ({ ...one, dependencies: safe }));
	return dropped.map((word) => `${pathText(path)} does not wait for ${word}.`);
}

function change(draft: TagDraft, path: ItemPath, to: <Owner extends Item | Subitem>(one: Owner) => Owner): void {
	const item = draft.item(path.item);
	if (item === undefined) return;
	if (path.sub === undefined) return draft.put(to(item));
	const sub = item.subtasks.find(({ id }) => id === path.sub);
	if (sub !== undefined) draft.putSubitem(item, to(sub));
}

function withMetadata(extra: JsonObject | undefined, metadata: JsonObject): JsonObject {
	const before = extra?.['metadata'];
	return { ...extra, metadata: { ...(isJsonObject(before ?? null) ? (before as JsonObject) : {}), ...metadata } };
}
