import type { PersonId, TaskId } from '../ids.ts';
import { asPersonId, asTaskId } from '../ids.ts';

/** SaidMessage is what an agent elsewhere said to a task. */
export interface SaidMessage {
	readonly id: string;
	readonly text: string;
	readonly at: number;
}

/** Push is an address that wants to hear how a task stands. */
export interface Push {
	readonly id: string;
	readonly url: string;
	/** The name in the vault of what it is to be shown: a token, credentials. */
	readonly secret?: string | undefined;
	/** How the task stood when it was last told. */
	readonly told?: string | undefined;
	readonly failures: number;
	readonly retryAt?: number | undefined;
	/** The task has ended, and it was told so. */
	readonly over: boolean;
}

interface ExchangeFactData {
	ExchangeBegun: { readonly task: TaskId; readonly person: PersonId; readonly context: string };
	MessageSaid: { readonly id: string; readonly text: string };
	PushSet: { readonly id: string; readonly url: string; readonly secret?: string | undefined };
	PushDeleted: { readonly id: string };
	PushTold: { readonly id: string; readonly told: string; readonly over: boolean };
	PushFailed: { readonly id: string; readonly code: string; readonly retryAt: number };
}
export type ExchangeFactType = keyof ExchangeFactData;
type ExchangeFact = {
	[T in ExchangeFactType]: { readonly type: T; readonly v: 1; readonly data: ExchangeFactData[T] };
}[ExchangeFactType];
/** RecordedExchangeFact is a fact of an exchange with its place and time. */
export type RecordedExchangeFact = ExchangeFact & { readonly seq: number; readonly at: number };

/** Exchange is what a task has with an agent elsewhere: the context it belongs to, what was said, and who wants to hear of it. */
export interface Exchange {
	readonly task: TaskId;
	readonly person: PersonId;
	readonly context: string;
	readonly messages: readonly SaidMessage[];
	readonly pushes: readonly Push[];
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
}
export type ExchangeState = Exchange | undefined;

/** ExchangeCommand asks for a change; every one may come twice, the second adds nothing. */
export type ExchangeCommand = { readonly at: number } & (
	| { readonly type: 'Begin'; readonly task: TaskId; readonly person: PersonId; readonly context: string }
	| { readonly type: 'Say'; readonly id: string; readonly text: string }
	| { readonly type: 'SetPush'; readonly id: string; readonly url: string; readonly secret?: string | undefined }
	| { readonly type: 'DeletePush'; readonly id: string }
	| { readonly type: 'RecordTold'; readonly id: string; readonly told: string; readonly over: boolean }
	| { readonly type: 'RecordFailure'; readonly id: string; readonly code: string; readonly retryAt: number }
);

/** EXCHANGE_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const EXCHANGE_EVOLVE_VERSION = 'exchange-1';

/** EXCHANGE_LIMITS bound what one task keeps of its exchange. */
export const EXCHANGE_LIMITS = { messages: 100, textCharacters: 4_000, pushes: 10 } as const;

/** decideExchange says which facts a command adds. */
export function decideExchange(state: ExchangeState, command: ExchangeCommand): readonly ExchangeFact[] {
	const { at: _at, type: _type, ...data } = command;
	if (state === undefined) return command.type === 'Begin' ? [fact('ExchangeBegun', data)] : [];
	switch (command.type) {
		case 'Begin':
			return [];
		case 'Say':
			return state.messages.some(({ id }) => id === command.id) ? [] : [fact('MessageSaid', data)];
		case 'SetPush':
			return [fact('PushSet', data)];
		case 'DeletePush':
			return state.pushes.some(({ id }) => id === command.id) ? [fact('PushDeleted', data)] : [];
		case 'RecordTold':
			return state.pushes.some(({ id }) => id === command.id) ? [fact('PushTold', data)] : [];
		case 'RecordFailure':
			return state.pushes.some(({ id }) => id === command.id) ? [fact('PushFailed', data)] : [];
	}
}

/** evolveExchange folds one fact. It is total: any fact on any state gives a state. */
export function evolveExchange(state: ExchangeState, recorded: RecordedExchangeFact): ExchangeState {
	const { seq, at } = recorded;
	if (recorded.type === 'ExchangeBegun') return { ...recorded.data, messages: [], pushes: [], seq, at };
	return { ...apply(state ?? FORGOTTEN, recorded), seq, at };
}

/** What is left when its person was forgotten: nobody's. */
const FORGOTTEN: Exchange = {
	...{ task: asTaskId(''), person: asPersonId(''), context: '' },
	...{ messages: [], pushes: [], seq: 0, at: 0 },
};

function apply(state: Exchange, recorded: RecordedExchangeFact): Exchange {
	switch (recorded.type) {
		case 'MessageSaid': {
			const said = { ...recorded.data, at: recorded.at };
			return { ...state, messages: [...state.messages, said].slice(-EXCHANGE_LIMITS.messages) };
		}
		case 'PushSet': {
			const others = state.pushes.filter(({ id }) => id !== recorded.data.id);
			return { ...state, pushes: [...others, { ...recorded.data, failures: 0, over: false }] };
		}
		case 'PushDeleted':
			return { ...state, pushes: state.pushes.filter(({ id }) => id !== recorded.data.id) };
		case 'PushTold': {
			const { id, told, over } = recorded.data;
			return changed(state, id, ({ retryAt: _, ...push }) => ({ ...push, told, over, failures: 0 }));
		}
		case 'PushFailed': {
			const { id, retryAt } = recorded.data;
			return changed(state, id, (push) => ({ ...push, retryAt, failures: push.failures + 1 }));
		}
		default:
			return state;
	}
}

function changed(state: Exchange, id: string, change: (push: Push) => Push): Exchange {
	return { ...state, pushes: state.pushes.map((push) => (push.id === id ? change(push) : push)) };
}

function fact<T extends ExchangeFactType>(type: T, data: object): ExchangeFact {
	// The commands carry exactly what their facts hold.
	return { type, v: 1, data } as unknown as ExchangeFact;
}

/** ExchangeWork is what an exchange is owed: to tell an address how its task stands, each time that changes. */
export type ExchangeWork =
	| { readonly key: string; readonly kind: 'tell'; readonly push: Push }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** pendingExchangeWork reads off who is still to be told. */
export function pendingExchangeWork(state: ExchangeState, now: number): ExchangeWork[] {
	return (state?.pushes ?? []).flatMap((push): ExchangeWork[] => {
		if (push.over) return [];
		const { id, told = '', failures, retryAt = 0 } = push;
		if (retryAt > now) return [{ key: `wait/${id}/${retryAt}`, kind: 'wait', until: retryAt }];
		return [{ key: `tell/${id}/${told}/${failures}/${retryAt}`, kind: 'tell', push }];
	});
}
