/** IClock is time: `now` in ms since 1970, `after` runs once later and returns the way to call it off. */
export interface IClock {
	now(): number;
	after(delayMs: number, run: () => void): () => void;
}
