import type { ProcessEntry } from '../process-tree.ts';
import type { StormCaller } from './api-callers.ts';
import { answersTo, type MarkedText } from './seen-answers.ts';
import type { StormMessage } from './storm-message.ts';
import type { StormFrontend } from './storm-voice.ts';

/** SaidInStorm is a message as it was said, with the id that its platform gave it. */
export interface SaidInStorm {
	readonly message: StormMessage;
	id: string;
}

/** ConversationInStorm is one conversation as its person had it. */
export interface ConversationInStorm {
	readonly frontend: StormFrontend['name'];
	readonly deduplicates: boolean;
	readonly conversation: string;
	/** In the order in which it was said. */
	readonly said: readonly SaidInStorm[];
	readonly seen: readonly MarkedText[];
}

/** StormRecord is what came of a storm; the server is stopped, and its data still there. */
export interface StormRecord {
	readonly dataDir: string;
	readonly conversations: readonly ConversationInStorm[];
	/** The tasks that programs were told about, one a call. */
	readonly called: readonly { readonly by: StormCaller['name']; readonly task: string; readonly status: string }[];
	/** Messages brought twice, things that went wrong besides, and messages said while the server was away. */
	readonly twice: number;
	readonly troubles: number;
	readonly saidWhileAway: number;
	readonly exitCode: number | null;
	readonly leftRunning: readonly ProcessEntry[];
	/** From the first message to the last answer. */
	readonly ms: number;
	readonly violations: readonly string[];
	dispose(): Promise<void>;
}

/** unanswered are the messages whose answer somebody has not seen yet. */
export function unanswered(said: readonly SaidInStorm[], seen: readonly MarkedText[]): SaidInStorm[] {
	return said.filter(({ message }) => {
		const { whole, repeated } = answersTo(message, seen);
		return whole + repeated < askedAlike(said, message);
	});
}

/** askedAlike is how many of the messages get the same answer as this one. */
export function askedAlike(said: readonly SaidInStorm[], { answer }: StormMessage): number {
	return said.filter(({ message }) => message.answer === answer).length;
}
