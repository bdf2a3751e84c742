import type { StormMessage } from './storm-message.ts';

/** StormTrouble is what goes wrong around one message. */
export interface StormTrouble {
	/** The platform brings it twice. */
	readonly twice: boolean;
	/** Something breaks on the way to Errand, after which the platform or the client tries again. */
	readonly inbound: boolean;
	/** Something breaks at the next call that Errand makes to the platform. */
	readonly outbound: 'limited' | 'error' | 'lost' | undefined;
}

/** StormVoice is one person in one conversation. */
export interface StormVoice {
	/** As Errand names the conversation. */
	readonly conversation: string;
	/** Resolves with the message's id once the platform has taken it: where there is none between, once Errand has. */
	say(message: StormMessage, trouble: StormTrouble): Promise<string>;
	/** What Errand has said there, as the person sees it, oldest first. */
	sees(): Promise<readonly string[]> | readonly string[];
}

/** StormFrontend is all voices of one frontend. */
export interface StormFrontend {
	readonly name: 'discord' | 'telegram' | 'sms' | 'socket' | 'rest';
	readonly voices: readonly StormVoice[];
	/** Most answers that are on their way at a time; undefined where each message is acknowledged by Errand itself. */
	readonly window: number | undefined;
	/** Sending the same answer twice shows it once. */
	readonly deduplicates: boolean;
}

/** StormServer is where the server is at the moment. */
export interface StormServer {
	readonly url: string;
}
