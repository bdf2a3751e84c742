import type { z } from 'zod';
import type { ArtifactRef, Effects, Placement, RetryPolicy, SessionKind } from '../domain/capability.ts';
import type { PersonId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { QuestionDraft } from '../domain/task/question.ts';

/** RunContext is everything a handler may touch besides its input. */
export interface RunContext {
	readonly taskId: TaskId;
	readonly person: PersonId;
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
 * `run` throws CoreError for an expected failure: codes `fetch-failed`, `timed-out`, `rate-limited` and `disk-full` are tried
 * again (not before `retryAfterMs`, if the error carries that number), others are not. Anything else thrown is a fault, and tried again.
 */
export interface ICapability<Input = unknown, Output = unknown> {
	/** `<domain>.<verb>`, e.g. `web.read`. */
	readonly name: string;
	/** Raised when the same input may give another output; part of the cache key. */
	readonly version: number;
	/** One sentence for planners and people. */
	readonly summary: string;
	readonly input: z.ZodType<Input>;
	readonly output: z.ZodType<Output>;
	readonly effects: Effects;
	/** The output depends on the input alone, so it may be cached. */
	readonly pure: boolean;
	readonly placement: Placement;
	/** Runs at once on one host. */
	readonly concurrency: number;
	readonly timeoutMs?: number;
	readonly retry?: RetryPolicy;
	readonly sessions?: readonly SessionKind[];
	run(input: Input, context: RunContext): Promise<Output>;
}

/** CapabilityDeclaration is what planners and validation need of a capability: all but how it runs. */
export type CapabilityDeclaration = Omit<ICapability, 'run'>;
