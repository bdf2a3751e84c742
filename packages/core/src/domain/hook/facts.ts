import type { ConversationId, PersonId } from '../ids.ts';
import type { When } from '../task/plan.ts';

/** HookKind says how a caller proves who it is: as GitHub does, by Standard Webhooks, or by Errand's own signature. */
export type HookKind = 'github' | 'standard' | 'generic';

/** HookFilter lets only some calls become tasks: those of these events, and those whose payload fits. */
export interface HookFilter {
	/** `issues`, or only `issues.opened`. */
	readonly events?: readonly string[] | undefined;
	/** `path` leads into the payload. */
	readonly when?: When | undefined;
}

/** HookRules say what a call becomes: a goal by a template of the person's own or by one of Errand's, told in which conversation. */
export interface HookRules {
	readonly goal: { readonly text: string } | { readonly template: string };
	readonly conversation: ConversationId;
	readonly filter: HookFilter;
}

interface HookFactData {
	HookCreated: { readonly name: string; readonly person: PersonId; readonly kind: HookKind } & HookRules;
	HookChanged: HookRules;
	/** `secret` is its name in the vault. The one before is good until `oldUntil`. */
	HookSecretSet: { readonly secret: string; readonly oldUntil?: number | undefined };
	HookPaused: Readonly<Record<never, never>>;
	HookResumed: Readonly<Record<never, never>>;
	HookDeleted: Readonly<Record<never, never>>;
}

export type HookFactType = keyof HookFactData;
/** HookFact is one thing that happened to an inbound webhook: a past-tense type and its data. */
export type HookFact = {
	[T in HookFactType]: { readonly type: T; readonly v: 1; readonly data: HookFactData[T] };
}[HookFactType];
/** RecordedHookFact is a hook's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedHookFact = HookFact & { readonly seq: number; readonly at: number };

/** hookFact builds a fact of the current version. */
export function hookFact<T extends HookFactType>(type: T, data: HookFactData[T]): Extract<HookFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<HookFact, { type: T }>;
}
