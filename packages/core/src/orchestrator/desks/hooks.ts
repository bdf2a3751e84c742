import type { HookFilter, HookKind, HookRules } from '../../domain/hook/facts.ts';
import type { CallGoal, HookCall } from '../../domain/hook/goal-of-call.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { Principal } from './desk.ts';
import type { SecretOnce } from './webhooks.ts';

/** HookView is an inbound webhook as its person sees it. */
export interface HookView {
	readonly name: string;
	/** Where callers post to. */
	readonly path: string;
	readonly kind: HookKind;
	readonly goal?: string | undefined;
	readonly template?: string | undefined;
	readonly conversation: string;
	readonly filter: HookFilter;
	readonly status: 'active' | 'paused';
	readonly createdAt: number;
	/** Two for a day after a rotation. */
	readonly secrets: number;
}

/** HookChange says what to change about an inbound webhook; `goal` and `template` replace each other. */
export interface HookChange {
	readonly goal?: string | undefined;
	readonly template?: string | undefined;
	readonly conversation?: string | undefined;
	readonly filter?: HookFilter | undefined;
	readonly paused?: boolean | undefined;
}

/** NewHook is an inbound webhook somebody asks for; a secret is made where none is given. */
export interface NewHook extends Omit<HookChange, 'paused'> {
	readonly name: string;
	readonly kind: HookKind;
	readonly secret?: string | undefined;
}

/** KnownHook is what the gateway needs to check who calls. */
export interface KnownHook {
	readonly kind: HookKind;
	readonly secrets: readonly string[];
}

/** SignedCall is a call whose signature was right. */
export interface SignedCall extends HookCall {
	/** The caller's own id of it: the same one again changes nothing. */
	readonly id: string;
	/** The payload as it came, JSON. */
	readonly body: Uint8Array;
}

/** TakenCall is what became of a call. */
export type TakenCall =
	| { readonly kind: 'task'; readonly id: TaskId; readonly duplicate: boolean }
	| { readonly kind: 'ignored'; readonly why: string };

/** IHookDesk is everything a person may do with their inbound webhooks. Another person's is `not-found`. */
export interface IHookDesk {
	create(principal: Principal, request: NewHook): Promise<HookView & SecretOnce>;
	list(principal: Principal): Promise<readonly HookView[]>;
	view(principal: Principal, name: string): Promise<HookView>;
	change(principal: Principal, name: string, change: HookChange): Promise<HookView>;
	remove(principal: Principal, name: string): Promise<void>;
	/** The secret before is good for a day more. */
	rotate(principal: Principal, name: string, secret: string | undefined): Promise<HookView & SecretOnce>;
	/** Says what a call would become; runs nothing. */
	try(principal: Principal, name: string, call: HookCall): Promise<CallGoal & Pick<HookRules, 'conversation'>>;
}

/** IHookCalls takes calls from outside. */
export interface IHookCalls {
	/** The hook of a name with the secrets that are good now; undefined where there is none. */
	find(name: string): Promise<KnownHook | undefined>;
	/** Turns a call whose signature was right into a task; resolves when that is durable. */
	take(name: string, call: SignedCall): Promise<TakenCall>;
}
