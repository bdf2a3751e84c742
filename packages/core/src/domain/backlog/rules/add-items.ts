import { CoreError } from '../../errors.ts';
import { textArgument } from '../arguments.ts';
import type { BacklogFact } from '../facts.ts';
import { pathKey, pathOf } from '../item-path.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownItem, neededText, type RuleCall, readPriority, statusOf, tagOf } from './call.ts';
import { moveWithin } from './move-within.ts';
import { keptReferences, newItem, newSubitem, nextSubitemId, wordsOf } from './new-items.ts';

/** addItem adds an item as it is given; its id is the largest + 1. */
export function addItem({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const title = textArgument(args, 'title');
	if (title === undefined) {
		throw new CoreError('invalid-input', 'A task needs a title.', {
			hint: 'Give title and description, or a prompt to have it written out.',
		});
	}
	const { kept } = keptReferences(draft, wordsOf(textArgument(args, 'dependencies')), {});
	const proposed = {
		title,
		description: textArgument(args, 'description'),
		details: textArgument(args, 'details'),
		testStrategy: textArgument(args, 'testStrategy'),
		priority: readPriority(textArgument(args, 'priority') ?? ''),
	};
	draft.put(newItem(draft.nextId(), proposed, kept));
	return draft.facts(tag.name);
}

/** addSubitem adds a subitem, or turns an item into one. */
export function addSubitem(call: RuleCall): BacklogFact[] {
	const { state, args } = call;
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const path = pathOf(neededText(args, 'id'));
	if (path.sub !== undefined) {
		throw new CoreError('not-possible', `${path.item}.${path.sub} is a subtask, and subtasks have none of their own.`, {
			hint: `Add it to task ${path.item}.`,
		});
	}
	const parent = knownItem(draft, path.item, tag.name);
	const id = nextSubitemId(parent);
	const convert = textArgument(args, 'taskId');
	if (convert !== undefined) return moveWithin(tag, [{ from: pathOf(convert), to: { item: parent.id, sub: id } }]);
	const title = textArgument(args, 'title');
	if (title === undefined) {
		throw new CoreError('invalid-input', 'A subtask needs a title.', {
			hint: 'Give a title, or the taskId of a task to turn into the subtask.',
		});
	}
	const self = pathKey(parent.id, id);
	// Its own number is taken from now on, and means no task any more.
	const grown = { ...parent, subtasks: [...parent.subtasks, newSubitem(id, { title }, [])] };
	const { kept } = keptReferences(draft, wordsOf(textArgument(args, 'dependencies')), { self, parent: grown });
	const proposed = {
		title,
		description: textArgument(args, 'description'),
		details: textArgument(args, 'details'),
		status: statusOf(textArgument(args, 'status') ?? 'pending'),
	};
	draft.put({ ...parent, subtasks: [...parent.subtasks, newSubitem(id, proposed, kept)] });
	return draft.facts(tag.name);
}
