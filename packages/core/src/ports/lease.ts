/** Lease is held by one process at a time. `epoch` grows with each holder: whoever acts under a lower one is refused where it matters. */
export interface Lease {
	readonly name: string;
	readonly epoch: number;
	/** Aborts when the lease is over, before anybody else can have it; whoever holds it stops then. */
	readonly lost: AbortSignal;
	/** Gives it to whoever waits; safe to call twice. */
	release(): Promise<void>;
}

/** ILeases let something happen once among many processes: the server's clock counts, never the holder's. */
export interface ILeases {
	/** Waits for its turn, again and again: `won` is called each time this process gets the lease. Returns the way to stop, which releases it. */
	campaign(name: string, won: (lease: Lease) => void): () => Promise<void>;
	/** Takes it if it is free now. */
	acquire(name: string): Promise<Lease | undefined>;
	/** Who holds it now, as they call themselves. */
	holder(name: string): Promise<string | undefined>;
}
