import type { z } from 'zod';
import type { ArtifactRef, Effects, Placement, RetryPolicy, SessionKind } from '../domain/capability.ts';
import type { PersonId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { QuestionDraft } from '../domain/task/question.ts';
import type { BrowserAction, BrowserSight } from './browser.ts';
import type { EmbedOptions, ILanguageModel, ModelReply, ModelRequest, ReplyOptions } from './language-model.ts';
import type { SearchHit, SearchQuery } from './web-search.ts';

/** RunService names what a host does for runs, because it holds keys, budgets or processes that handlers must not. */
export type RunService = 'model' | 'search' | 'browser';

/** RunModel is the language model as a run has it: bound to the run's end, its tokens counted on the task. Errors are those of ILanguageModel, and `over-budget`. */
export interface RunModel extends Pick<ILanguageModel, 'name' | 'contextTokens'> {
	reply(request: ModelRequest, options?: Omit<ReplyOptions, 'signal'>): Promise<ModelReply>;
	/** One vector for each text, by the model of that name or the usual one, and who made them. */
	embed(
		texts: readonly string[],
		options?: Pick<EmbedOptions, 'model'>,
	): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly model: string }>;
}

/** RunSearch is the web search as a run has it. */
export interface RunSearch {
	readonly name: string;
	search(query: SearchQuery): Promise<readonly SearchHit[]>;
}

/** RunBrowser is the task's browser as a run has it: one page of its own, in a named context that the task's steps share. */
export interface RunBrowser {
	act(context: string, action: BrowserAction, timeoutMs?: number): Promise<BrowserSight>;
}

/** RunContext is everything a handler may touch besides its input. */
export interface RunContext {
	readonly taskId: TaskId;
	readonly person: PersonId;
	/** The same for every run of one step of one task: what is begun elsewhere with it is begun once. */
	readonly key?: string | undefined;
	/** Aborts on cancel, time-out and drain; a handler that ignores it is killed with its child. */
	readonly signal: AbortSignal;
	/** Tells how far it is: percent 0–100, a few words, a partial output as Markdown. May be dropped. */
	progress(progress: { percent?: number; text?: string; partial?: string }): void;
	/** Marks the output as holding untrusted content from this origin: `web:<host>`, `file:<artifact>`. */
	taint(origin: string): void;
	/** Stores a file of this task. */
	saveArtifact(file: { name: string; type: string; content: Uint8Array }): Promise<ArtifactRef>;
	/** Reads a file of this person; throws CoreError `unknown-artifact`. */
	readArtifact(id: string): Promise<{ ref: ArtifactRef; content: Uint8Array }>;
	/** The guarded fetch: private addresses are refused at connect time. Same shape as the global one. */
	fetch(
		url: string,
		init?: {
			method?: string;
			headers?: Record<string, string>;
			redirect?: 'manual' | 'follow';
			signal?: AbortSignal;
		},
	): Promise<Response>;
	/** Only where a language model is configured. */
	readonly model?: RunModel | undefined;
	/** Only where a search provider is configured. */
	readonly search?: RunSearch | undefined;
	/** Only for capabilities that declare the `browser` session. */
	readonly browser?: RunBrowser | undefined;
	/** Absolute path of the task's workspace folder; only for capabilities that declare the `workspace` session. */
	readonly workspace: string | undefined;
	/** Answers to what this step asked before; empty on the first run. */
	readonly answers: readonly { readonly question: string; readonly answer: Json }[];
	/** Ends this run by asking; the step runs again with `answers` once all are answered. */
	ask(questions: readonly QuestionDraft[]): never;
}

/**
 * ICapability is one named ability. One file exports one; the catalogue lists it. Heavy libraries are imported inside `run`,
 * because the worker host and the planner load every capability's declaration.
 *
 * `run` throws CoreError for an expected failure: codes `fetch-failed`, `timed-out`, `rate-limited`, `disk-full`,
 * `model-unavailable` and `browser-failed` are tried
 * again (not before `retryAfterMs`, if the error carries that number), `unknown-outcome` (something was sent into the world, and whether it
 * took effect is not known) is left to the person, and others are final. Anything else thrown is a fault, and tried again.
 */
export interface ICapability<Input = unknown, Output = unknown> {
	/** `<domain>.<verb>`, e.g. `web.read`. */
	readonly name: string;
	/** Raised when the same input may give another output; part of the cache key. */
	readonly version: number;
	/** Of one whose code may change without a new version: what its code is now; part of the cache key. */
	readonly build?: string | undefined;
	/** One sentence for planners and people. */
	readonly summary: string;
	readonly input: z.ZodType<Input>;
	readonly output: z.ZodType<Output>;
	/** The most that any input does. */
	readonly effects: Effects;
	/** What this input does, where that may be less; references in it have no values yet. */
	effectsOf?(input: Json): Effects;
	/** The output depends on the input alone, so it may be cached. */
	readonly pure: boolean;
	readonly placement: Placement;
	/** Although inline, it waits long for work that is done elsewhere: its start is recorded before, as that of a process is. */
	readonly lasting?: true;
	/** Runs at once on one host. */
	readonly concurrency: number;
	readonly timeoutMs?: number;
	readonly retry?: RetryPolicy;
	readonly sessions?: readonly SessionKind[];
	/** Paths of the input (`url`, `download.url`, `steps.*.url`) where an address stands that it will request. */
	readonly addresses?: readonly string[];
	/** Every address in its output stands so in what it read: no language model could have composed it. */
	readonly copiesAddresses?: boolean;
	/** What it cannot do without: where that is missing, the capability is not offered. */
	readonly needs?: readonly RunService[];
	/** What it does better with; the model's name is part of the cache key of one that uses it. */
	readonly uses?: readonly RunService[];
	/** Planners do not choose it: only plans that Errand itself prepares hold it. */
	readonly unplanned?: true;
	run(input: Input, context: RunContext): Promise<Output>;
}

/** CapabilityDeclaration is what planners and validation need of a capability: all but how it runs. */
export type CapabilityDeclaration = Omit<ICapability, 'run'>;
