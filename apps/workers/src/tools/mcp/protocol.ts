import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { Json, JsonObject } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import type { ReadTools } from './read-tools.ts';
import type { McpServer } from './server-config.ts';

/** PROTOCOL_VERSION is raised with every change of the messages: files may be newer than the process that runs. */
export const PROTOCOL_VERSION = 1;

/** KeeperInit is what a keeper is told first; not on its command line, where others of this machine could read it. */
export interface KeeperInit {
	readonly server: McpServer;
	/** Private addresses that may be reached besides the server's own. */
	readonly allowPrivateHosts: readonly string[];
	/** The folder that the server finds as its home, where it keeps one. */
	readonly homeDir: string;
}

/** ToolAnswer is what the person said to a question that a server put in an earlier run. */
export interface ToolAnswer {
	readonly question: string;
	readonly answer: Json;
}

/** ToolCall is one call of a tool, within a session: one connection to the server. */
export interface ToolCall {
	readonly session: string;
	readonly tool: string;
	readonly args: JsonObject;
	readonly answers: readonly ToolAnswer[];
	readonly timeoutMs: number;
}

/** ToKeeper is what the worker host tells the keeper of a server. */
export type ToKeeper =
	| ({ readonly kind: 'init' } & KeeperInit)
	| ({ readonly kind: 'call'; readonly id: number } & ToolCall)
	| { readonly kind: 'list'; readonly id: number; readonly session: string; readonly timeoutMs: number }
	| { readonly kind: 'close'; readonly id: number; readonly session: string }
	| { readonly kind: 'ping'; readonly id: number }
	| { readonly kind: 'abort'; readonly id: number };

/** ToolFile is something in a result that is no text. */
export interface ToolFile {
	readonly name: string;
	readonly type: string;
	readonly content: Uint8Array;
}

/** ToolResult is what a tool gave: an entry of `content` that stands for a file has its number in `files` under `file`. */
export interface ToolResult {
	readonly text: string;
	readonly content: readonly JsonObject[];
	readonly structured?: Json | undefined;
	readonly files: readonly ToolFile[];
}

/** KeeperReply answers one call. */
export type KeeperReply =
	| { readonly kind: 'result'; readonly id: number; readonly result: ToolResult }
	| { readonly kind: 'asked'; readonly id: number; readonly questions: readonly QuestionDraft[] }
	| { readonly kind: 'tools'; readonly id: number; readonly read: ReadTools }
	| { readonly kind: 'done'; readonly id: number }
	| { readonly kind: 'failed'; readonly id: number; readonly error: ToldError };

/** FromKeeper is what a keeper tells; `ready` is its first word. `changed`: the server said that its tools are others now. */
export type FromKeeper =
	| KeeperReply
	| { readonly kind: 'ready'; readonly version: number }
	| { readonly kind: 'progress'; readonly id: number; readonly percent?: number; readonly text?: string }
	| { readonly kind: 'changed' };

/** ToldError is a CoreError on its way between processes; `isOpen`: the server was asked, and did not say how it ended. */
export interface ToldError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string;
	readonly isOpen: boolean;
}
