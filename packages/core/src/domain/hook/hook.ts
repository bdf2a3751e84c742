import { CoreError } from '../errors.ts';
import type { PersonId } from '../ids.ts';
import { type HookFact, type HookKind, type HookRules, hookFact, type RecordedHookFact } from './facts.ts';

/** HookSecret is a secret by its name in the vault; one that was replaced is good until `until`. */
export interface HookSecret {
	readonly secret: string;
	readonly until?: number | undefined;
}

/** Hook is the folded state of one inbound webhook. */
export interface Hook extends HookRules {
	readonly name: string;
	readonly person: PersonId;
	readonly kind: HookKind;
	readonly status: 'active' | 'paused' | 'deleted';
	readonly secrets: readonly HookSecret[];
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
}

/** HookState is an inbound webhook, or `undefined` before its first fact. */
export type HookState = Hook | undefined;

/** HookCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type HookCommand = { readonly at: number } & (
	| {
			readonly type: 'CreateHook';
			readonly name: string;
			readonly person: PersonId;
			readonly kind: HookKind;
			readonly rules: HookRules;
			readonly secret: string;
	  }
	| { readonly type: 'ChangeHook'; readonly rules: HookRules }
	| { readonly type: 'SetSecret'; readonly secret: string }
	| { readonly type: 'PauseHook' | 'ResumeHook' | 'DeleteHook' }
);

/** HookDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type HookDecision =
	| { readonly ok: true; readonly facts: readonly HookFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** HOOK_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const HOOK_EVOLVE_VERSION = 'hook-1';

/** How long a secret that was replaced is still good, so that the caller can change over in its own time. */
const OVERLAP_MS = 24 * 3_600_000;

/** decideHook says which facts a command may add. */
export function decideHook(state: HookState, command: HookCommand): HookDecision {
	if (command.type === 'CreateHook') return create(state, command);
	if (state === undefined || state.status === 'deleted') return refuse(unknownHook());
	return change(state, command);
}

/** evolveHook folds one fact into an inbound webhook. It is total: any fact on any state gives a state. */
export function evolveHook(state: HookState, fact: RecordedHookFact): HookState {
	if (fact.type === 'HookCreated') {
		const { seq, at } = fact;
		return { ...fact.data, status: 'active', secrets: [], createdAt: at, seq, at };
	}
	return state && { ...apply(state, fact), seq: fact.seq, at: Math.max(state.at, fact.at) };
}

/** unknownHook is the refusal for a hook that is not there, or is somebody else's. */
export function unknownHook(): CoreError {
	return new CoreError('not-found', 'You have no hook of that name.', { hint: 'GET /v1/hooks lists yours.' });
}

function change(state: Hook, command: Exclude<HookCommand, { type: 'CreateHook' }>): HookDecision {
	switch (command.type) {
		case 'ChangeHook':
			return add(hookFact('HookChanged', command.rules));
		case 'SetSecret':
			return add(hookFact('HookSecretSet', { secret: command.secret, oldUntil: command.at + OVERLAP_MS }));
		case 'PauseHook':
			return state.status === 'paused' ? add() : add(hookFact('HookPaused', {}));
		case 'ResumeHook':
			return state.status === 'active' ? add() : add(hookFact('HookResumed', {}));
		case 'DeleteHook':
			return add(hookFact('HookDeleted', {}));
	}
}

function add(...facts: HookFact[]): HookDecision {
	return { ok: true, facts };
}

function refuse(error: CoreError): HookDecision {
	return { ok: false, error };
}

/** A name belongs to whoever had it first, also after its hook is gone: callers may still know it. */
function create(state: HookState, command: HookCommand & { type: 'CreateHook' }): HookDecision {
	const { name, person, kind, rules, secret } = command;
	if (state !== undefined && (state.status !== 'deleted' || state.person !== person)) {
		return refuse(new CoreError('not-possible', `The name "${name}" is taken.`, { hint: 'Choose another name.' }));
	}
	return add(hookFact('HookCreated', { name, person, kind, ...rules }), hookFact('HookSecretSet', { secret }));
}

function apply(state: Hook, fact: Exclude<RecordedHookFact, { type: 'HookCreated' }>): Hook {
	switch (fact.type) {
		case 'HookChanged':
			return { ...state, ...fact.data };
		case 'HookSecretSet': {
			const { secret, oldUntil } = fact.data;
			// Only one before it is remembered: to change a secret twice in a day is to want the first one gone.
			const old = state.secrets.slice(-1).map((one) => ({ ...one, until: oldUntil ?? fact.at }));
			return { ...state, secrets: [...old, { secret }] };
		}
		case 'HookPaused':
			return { ...state, status: 'paused' };
		case 'HookResumed':
			return { ...state, status: 'active' };
		case 'HookDeleted':
			return { ...state, status: 'deleted', secrets: [] };
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}
