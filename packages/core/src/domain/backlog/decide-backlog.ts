import { beginLoop, completePhase, endLoop, noteCommit, unblockLoop } from '../autopilot/decide-loop.ts';
import { CoreError, isCoreError } from '../errors.ts';
import type { BacklogCommand, BacklogCommandOf } from './commands.ts';
import { type BacklogFact, backlogFact } from './facts.ts';
import { addItem, addSubitem } from './rules/add-items.ts';
import { neededText, type RuleCall } from './rules/call.ts';
import { addDependency, fixDependencies, removeDependency } from './rules/dependencies.ts';
import { mergeFile } from './rules/merge-file.ts';
import { moveItems } from './rules/move-items.ts';
import { beginOperation, endOperation } from './rules/operations.ts';
import { clearSubitems, removeItems, removeSubitems } from './rules/remove-items.ts';
import { beginRun, beginWatch, endRun, endWatches } from './rules/runs.ts';
import { setStatus } from './rules/set-status.ts';
import { addTag, chooseTag, copyTag, deleteTag, renameTag, useTag } from './rules/tags.ts';
import { updateByHand } from './rules/update-items.ts';
import type { Backlog, BacklogState } from './state.ts';
import { tagNamed } from './state.ts';

/** BacklogDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type BacklogDecision =
	| { readonly ok: true; readonly facts: readonly BacklogFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** decideBacklog says which facts a command may add: all that it means, or none and the reason. */
export function decideBacklog(state: BacklogState, command: BacklogCommand): BacklogDecision {
	try {
		return { ok: true, facts: state === undefined ? onNothing(command) : factsOf(state, command) };
	} catch (error) {
		if (isCoreError(error)) return { ok: false, error };
		throw error;
	}
}

function onNothing(command: BacklogCommand): BacklogFact[] {
	if (command.type === 'CreateBacklog') {
		const { backlogId, person, root, name } = command;
		return [backlogFact('BacklogCreated', { backlogId, person, ...(root === undefined ? {} : { root }), name })];
	}
	throw new CoreError('not-found', 'There is no such backlog.', {
		hint: 'initialize_project sets one up in a folder; list_backlogs lists those there are.',
	});
}

function factsOf(state: Backlog, command: BacklogCommand): BacklogFact[] {
	switch (command.type) {
		case 'CreateBacklog':
			return [];
		case 'CallTool':
			return calledTool(state, command);
		case 'MergeFile':
			if (command.over !== undefined && command.over !== (state.file.mark?.hash ?? '')) return [];
			return mergeFile(state, command);
		case 'NoteFile': {
			const { mark, seq } = command;
			// Of two processes that wrote one after the other, the first may be heard last.
			if (state.file.seq > seq || (state.file.seq === seq && state.file.mark?.hash === mark.hash)) return [];
			return [backlogFact('FileWritten', { mark, seq: Math.min(seq, state.seq) })];
		}
		case 'ChooseTag':
			return tagNamed(state, command.tag) === undefined ? [] : chooseTag(state, command.tag);
		case 'TakeReport': {
			const { tag, report } = command;
			const known = tagNamed(state, tag);
			return known === undefined || same(known.report, report) ? [] : [backlogFact('ReportSaved', { tag, report })];
		}
		case 'ChangeSettings': {
			const settings = { ...state.settings, ...command.settings };
			return same(settings, state.settings) ? [] : [backlogFact('SettingsChanged', { settings })];
		}
		case 'BeginOperation':
			return beginOperation(state, command);
		case 'EndOperation':
			return endOperation(state, command);
		case 'BeginRun':
			return beginRun(state, command);
		case 'EndRun':
			return endRun(state, command);
		case 'Watch':
			return beginWatch(state, command);
		case 'Unwatch':
			return endWatches(state, command);
		case 'BeginLoop':
			return beginLoop(state, command);
		case 'CompletePhase':
			return completePhase(state, command);
		case 'NoteCommit':
			return noteCommit(state, command);
		case 'UnblockLoop':
			return unblockLoop(state, command);
		case 'EndLoop':
			return endLoop(state, command);
		case 'NoticeHandedOver': {
			const { noticeId } = command;
			return state.notices.some(({ id }) => id === noticeId) ? [backlogFact('NoticeHandedOver', { noticeId })] : [];
		}
	}
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const CHANGES: Readonly<Record<string, (call: RuleCall) => BacklogFact[]>> = {
	set_task_status: setStatus,
	add_task: addItem,
	add_subtask: addSubitem,
	update_task: updateByHand,
	update_subtask: updateByHand,
	remove_task: removeItems,
	remove_subtask: removeSubitems,
	clear_subtasks: clearSubitems,
	move_task: moveItems,
	add_dependency: addDependency,
	remove_dependency: removeDependency,
	fix_dependencies: fixDependencies,
	add_tag: addTag,
	delete_tag: deleteTag,
	use_tag: useTag,
	rename_tag: renameTag,
	copy_tag: copyTag,
	'response-language': setLanguage,
};

/** CHANGE_TOOLS are the tools that the rules alone carry out. */
export const CHANGE_TOOLS: readonly string[] = Object.keys(CHANGES);

function calledTool(state: Backlog, { tool, args, at }: BacklogCommandOf<'CallTool'>): BacklogFact[] {
	const change = Object.hasOwn(CHANGES, tool) ? CHANGES[tool] : undefined;
	if (change !== undefined) {
		const facts = change({ state, args, at });
		return givesOwnWords(tool, args) ? facts.map(asOwn) : facts;
	}
	throw new CoreError('not-possible', `The tool "${tool}" does not change a backlog by rules.`, {
		hint: 'Call it through the desk, which knows how it is carried out.',
	});
}

/** Tools by which a person gives words of their own to items, or takes some away. What moves words about is none of them. */
const OWN_WORDS: readonly string[] = [
	'add_task',
	'add_subtask',
	'update_task',
	'update_subtask',
	'remove_task',
	'remove_subtask',
	'clear_subtasks',
	'set_task_status',
];

function givesOwnWords(tool: string, args: RuleCall['args']): boolean {
	const movesWords = args['taskId'] !== undefined || args['convert'] !== undefined;
	return OWN_WORDS.includes(tool) && !movesWords;
}

function asOwn(fact: BacklogFact): BacklogFact {
	if (fact.type === 'ItemsAdded') return backlogFact(fact.type, { ...fact.data, own: true });
	return fact.type === 'ItemsChanged' ? backlogFact(fact.type, { ...fact.data, own: true }) : fact;
}

function setLanguage({ state, args }: RuleCall): BacklogFact[] {
	const language = neededText(args, 'language');
	if (state.settings.language === language) return [];
	return [backlogFact('SettingsChanged', { settings: { ...state.settings, language } })];
}
