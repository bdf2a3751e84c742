import { CoreError } from '../../errors.ts';
import { textArgument } from '../arguments.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import { countItems } from '../item-list.ts';
import { type Backlog, FIRST_TAG, tagNamed } from '../state.ts';
import { knownTag, neededText, type RuleCall } from './call.ts';

/** addTag adds a tag: empty, or with the items of another. */
export function addTag({ state, args, at }: RuleCall): BacklogFact[] {
	const name = neededText(args, 'name');
	const copied = textArgument(args, 'copyFromTag') ?? (args['copyFromCurrent'] === true ? state.currentTag : undefined);
	const copyOf = copied === undefined ? undefined : knownTag(state, copied).name;
	return [newTagFact(state, name, { at, copyOf, description: textArgument(args, 'description') })];
}

/** copyTag makes a tag with the items of another. */
export function copyTag({ state, args, at }: RuleCall): BacklogFact[] {
	const copyOf = knownTag(state, neededText(args, 'sourceName')).name;
	const description = textArgument(args, 'description') ?? `Copy of "${copyOf}"`;
	return [newTagFact(state, neededText(args, 'targetName'), { at, copyOf, description })];
}

/** deleteTag removes a tag with all its items. */
export function deleteTag({ state, args }: RuleCall): BacklogFact[] {
	const { name, items } = knownTag(state, neededText(args, 'name'));
	refuseFirst(name, 'deleted');
	return [backlogFact('TagRemoved', { tag: name, items: countItems(items) })];
}

/** renameTag gives a tag another name. */
export function renameTag({ state, args }: RuleCall): BacklogFact[] {
	const from = knownTag(state, neededText(args, 'oldName')).name;
	const to = neededText(args, 'newName');
	if (from === to) return [];
	refuseFirst(from, 'renamed');
	refuseName(state, to);
	return [backlogFact('TagRenamed', { from, to })];
}

/** useTag makes a tag the current one. */
export function useTag({ state, args }: RuleCall): BacklogFact[] {
	return chooseTag(state, neededText(args, 'name'));
}

/** chooseTag makes a tag the current one, unless it is. */
export function chooseTag(state: Backlog, name: string): BacklogFact[] {
	const { name: tag } = knownTag(state, name);
	return tag === state.currentTag ? [] : [backlogFact('TagChosen', { tag })];
}

/** newTagFact adds a tag under a name that is free and fit. */
export function newTagFact(
	state: Backlog,
	tag: string,
	{ at, copyOf, description }: { at: number; copyOf?: string | undefined; description?: string | undefined },
): BacklogFact {
	refuseName(state, tag);
	const created = new Date(at).toISOString();
	const metadata = { created, updated: created, description: description ?? `Tag "${tag}"` };
	return backlogFact('TagAdded', { tag, metadata, ...(copyOf === undefined ? {} : { copyOf }) });
}

function refuseName(state: Backlog, name: string): void {
	if (!/^[\p{L}\p{N}_-]{1,100}$/u.test(name) || name === '__proto__') {
		throw new CoreError('invalid-input', `"${name.slice(0, 100)}" cannot be a tag’s name.`, {
			hint: 'A name has letters, digits, - and _, 100 at most.',
		});
	}
	if (tagNamed(state, name) === undefined) return;
	throw new CoreError('not-possible', `There is a tag "${name}" already.`, {
		hint: 'use_tag switches to it; take another name for a new one.',
	});
}

function refuseFirst(name: string, what: string): void {
	if (name !== FIRST_TAG) return;
	throw new CoreError('not-possible', `The tag "${FIRST_TAG}" cannot be ${what}: every backlog has it.`, {
		hint: 'Its tasks can be moved (move_task with toTag) or removed.',
	});
}
