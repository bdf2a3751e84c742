import type { FrontendName } from '@errand/core/ports/frontend.ts';

/** SentFile is a file as a person sends or receives it. */
export interface SentFile {
	readonly name: string;
	readonly type: string;
	readonly content: Uint8Array;
}

/** Seen is a message of Errand's as the person sees it at this moment. */
export interface Seen {
	readonly id: string;
	readonly text: string;
	/** Labels of what can be pressed. */
	readonly buttons: readonly string[];
	/** How often it was changed. */
	readonly edits: number;
	readonly files: readonly SentFile[];
}

/** Place is where a person writes and reads: a private chat, or a room in which others are, too. */
export interface Place {
	/** Resolves when the platform has taken it, which need not mean that Errand has. */
	say(text: string, files?: readonly SentFile[]): Promise<void>;
	/** A command in the shape that the platform has for commands. */
	command(name: string, argument?: string): Promise<void>;
	press(seen: Seen, label: string): Promise<void>;
	/** What Errand wrote there, oldest first. */
	sees(): readonly Seen[];
}

/** PlatformPerson is an account; it writes in private unless in a room. */
export interface PlatformPerson extends Place {
	/** As Errand calls it: `telegram:4711`. */
	readonly identity: string;
}

/**
 * Misbehaviour is what a platform does wrong with the next messages that Errand sends: a 429 with a short wait, a 500, an
 * answer that takes two seconds, one that is lost after the message was sent, or a refusal for good.
 */
export type Misbehaviour = 'rate-limited' | 'error' | 'slow' | 'lost-answer' | 'refused';

/** PlatformTraits are the ways in which platforms differ that people notice. */
export interface PlatformTraits {
	readonly edits: boolean;
	readonly buttons: boolean;
	readonly files: boolean;
	/** The same message sent twice is shown once. */
	readonly deduplicates: boolean;
	/** No progress is shown before a task took so long. */
	readonly quietMs: number;
	/** Most characters of one message. */
	readonly longest: number;
	/** A long answer arrives whole, in as many messages as it takes; otherwise its beginning, and a link. */
	readonly whole: boolean;
	/** What is written while Errand is away arrives when it is back. */
	readonly keeps: boolean;
	/** What a message may not hold, as the platform would act on it. */
	readonly harmful: RegExp;
	/** There is a connection that can be cut. */
	readonly connected: boolean;
}

/** PlatformDriver plays a platform and the people on it, for the suite that all frontends have to pass. */
export interface PlatformDriver {
	readonly name: FrontendName;
	readonly traits: PlatformTraits;
	/** What aims Errand's adapter at this platform. */
	readonly env: Readonly<Record<string, string>>;
	/** Errand listens at `url` now; resolves once it can be written to. */
	attach(url: string): Promise<void>;
	/** Somebody new. */
	person(): PlatformPerson;
	/** A machine of somebody else's that writes by itself. */
	otherBot(): PlatformPerson;
	/** A room with these people in it; undefined where there are none. */
	room?(members: readonly PlatformPerson[]): Promise<(member: PlatformPerson) => Place>;
	/** Brings the latest of what a person said or pressed again, as if it had not been acknowledged. */
	redeliver(person: PlatformPerson): Promise<void>;
	/** Brings something that no adapter can make sense of. */
	poison(): Promise<void>;
	/** With the next messages to this person, or to anybody. */
	misbehave(how: Misbehaviour, times: number, to?: PlatformPerson): void;
	cutConnection(): Promise<void>;
	/** What Errand asked of the platform that the platform's own description does not know. */
	complaints(): readonly string[];
	stop(): Promise<void>;
}
