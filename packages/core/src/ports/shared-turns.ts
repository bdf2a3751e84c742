/** TurnWanted asks for the turn of one call at a provider. */
export interface TurnWanted {
	readonly provider: string;
	/** The call’s own name: asked for again under it, a turn is the same turn. */
	readonly id: string;
	readonly tokens: number;
	/** What all processes together may ask of the provider; undefined for no bound. */
	readonly limits: {
		readonly concurrency?: number | undefined;
		readonly requestsPerMinute?: number | undefined;
		readonly tokensPerMinute?: number | undefined;
	};
}

/** TurnAnswer tells whether the turn was given, and how long the next one would have to wait: undefined until another call ends. */
export interface TurnAnswer {
	readonly given: boolean;
	readonly waitMs: number | undefined;
}

/** ProviderNews is what one process met at a provider and others had better know before they meet it. */
export type ProviderNews =
	/** It wants to be left alone for so long, by its own word or as far as one can guess. */
	| { readonly kind: 'too-much'; readonly provider: string; readonly forMs: number }
	/** Calls failed: worth a look, as it may only have been the other process’s line. */
	| { readonly kind: 'trouble'; readonly provider: string };

/** ISharedTurns keeps what many processes ask of a provider within its limits. */
export interface ISharedTurns {
	/**
	 * Resolves soon, and never rejects; undefined where nobody can tell now: then each process keeps to the limits by itself, and
	 * the call counts for the others as soon as they can be told. The turn of a process that died is free again after some seconds.
	 */
	take(wanted: TurnWanted): Promise<TurnAnswer | undefined>;
	/** Ends a turn, given or not; `tokens` are what the call came to, where that is known. A second time changes nothing. */
	giveBack(provider: string, id: string, tokens?: number): void;
	/** Ends a turn, given or not, whose call was never made: it counts no more. */
	callOff(provider: string, id: string): void;
	/** Tells all other processes, as far as they can be reached. */
	tell(news: ProviderNews): void;
	/** Hears what others tell. Returns the way to stop. */
	listen(listener: (news: ProviderNews) => void): () => void;
}
