import { CoreError } from '../errors.ts';
import type { MemoryCommand } from './commands.ts';
import { type MemoryFact, memoryFact } from './facts.ts';
import { MEMORY_LIMITS } from './limits.ts';
import type { Memory, MemoryState, Remembered } from './state.ts';

/** MemoryDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type MemoryDecision =
	| { readonly ok: true; readonly facts: readonly MemoryFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** decideMemory says which facts a command may add. */
export function decideMemory(state: MemoryState, command: MemoryCommand): MemoryDecision {
	const { person } = command;
	switch (command.type) {
		case 'Remember':
			return remember(state, command);
		case 'NoteResult':
			return noteResult(state, command);
		case 'Edit':
			return edit(state, command);
		case 'Forget': {
			const entry = find(state, command.id);
			return entry === undefined ? nothingNew : add(forgotten(command, [entry]));
		}
		case 'ForgetAll': {
			const entries = state?.entries ?? [];
			return entries.length === 0 ? nothingNew : add(forgotten(command, entries));
		}
		case 'RecordErasure': {
			const { through } = command;
			const owes = [...(state?.superseded ?? []), ...(state?.forgotten ?? [])].some(({ by }) => by <= through);
			return owes ? add(memoryFact('MemoryErased', { person, through })) : nothingNew;
		}
		case 'RecordIndexing': {
			const { through, embedder } = command;
			if (state === undefined || through <= state.indexed) return nothingNew;
			return add(memoryFact('MemoryIndexed', { person, through, embedder }));
		}
	}
}

/** unknownMemory is the refusal for an entry that is not there, or is somebody else's. */
export function unknownMemory(id: string): CoreError {
	return new CoreError('not-found', `There is no entry ${id.slice(0, 20)} in your memory.`, {
		hint: '`/memory` and GET /v1/memory list what is remembered.',
	});
}

type CommandOf<T extends MemoryCommand['type']> = Extract<MemoryCommand, { type: T }>;

const nothingNew: MemoryDecision = { ok: true, facts: [] };

function add(...facts: MemoryFact[]): MemoryDecision {
	return { ok: true, facts };
}

function refuse(error: CoreError): MemoryDecision {
	return { ok: false, error };
}

function remember(state: MemoryState, { person, text, source }: CommandOf<'Remember'>): MemoryDecision {
	const problem = textProblem(text);
	if (problem !== undefined) return refuse(problem);
	if (countOf(state, 'fact') >= MEMORY_LIMITS.facts) {
		return refuse(
			new CoreError(
				'not-possible',
				`I remember ${MEMORY_LIMITS.facts} things you told me; there is no room for more.`,
				{
					hint: 'Forget something first: `/memory` lists, `/forget 3` forgets.',
				},
			),
		);
	}
	const named = source === undefined ? {} : { source };
	return add(memoryFact('MemoryNoted', { person, id: nextId(state), kind: 'fact', text, ...named, origins: [] }));
}

/** Nobody waits for an answer to this, so what cannot be noted is left out. */
function noteResult(state: MemoryState, { person, text, source, origins }: CommandOf<'NoteResult'>): MemoryDecision {
	if (textProblem(text) !== undefined || state?.forgottenSources.includes(source) === true) return nothingNew;
	const noted = { person, kind: 'result', text, source, origins: origins.slice(0, MEMORY_LIMITS.origins) } as const;
	const known = state?.entries.find((entry) => entry.kind === 'result' && entry.source === source);
	if (known !== undefined) {
		return add(memoryFact('MemoryEdited', { ...noted, id: known.id, notedAt: known.at }));
	}
	return add(memoryFact('MemoryNoted', { ...noted, id: nextId(state) }));
}

/** What a person wrote anew is theirs: nothing of what a task read is left in it. */
function edit(state: MemoryState, { person, id, text }: CommandOf<'Edit'>): MemoryDecision {
	const entry = find(state, id);
	if (entry === undefined) return refuse(unknownMemory(id));
	const problem = textProblem(text);
	if (problem !== undefined) return refuse(problem);
	const { kind, source, at: notedAt } = entry;
	const named = source === undefined ? {} : { source };
	return add(memoryFact('MemoryEdited', { person, id, kind, text, ...named, origins: [], notedAt }));
}

function forgotten({ person }: MemoryCommand, entries: readonly Remembered[]): MemoryFact {
	const sources = entries.flatMap(({ source }) => (source === undefined ? [] : [source]));
	return memoryFact('MemoryForgotten', {
		person,
		ids: entries.map(({ id }) => id),
		sources: sources.slice(-MEMORY_LIMITS.forgottenSources),
	});
}

function find(state: MemoryState, id: string): Remembered | undefined {
	return state?.entries.find((entry) => entry.id === id);
}

function countOf(state: MemoryState, kind: Remembered['kind']): number {
	return state?.entries.filter((entry) => entry.kind === kind).length ?? 0;
}

function nextId(state: Memory | undefined): string {
	return String((state?.count ?? 0) + 1);
}

function textProblem(text: string): CoreError | undefined {
	if (text.trim() === '') {
		return new CoreError('invalid-input', 'There is nothing to remember in an empty text.', {
			hint: 'Write what is to be remembered: `/remember I am allergic to peanuts`.',
		});
	}
	if (text.length <= MEMORY_LIMITS.text) return undefined;
	const message = `That has ${text.length} characters; one entry holds at most ${MEMORY_LIMITS.text}.`;
	return new CoreError('too-large', message, { hint: 'Say it shorter, or in several parts.' });
}
