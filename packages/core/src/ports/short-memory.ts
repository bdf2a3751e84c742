/** IShortMemory remembers short texts for a while, for all processes of one Errand. Losing them costs convenience, never work. */
export interface IShortMemory {
	get(name: string): Promise<string | undefined>;
	/** Writing the same twice is writing it once. */
	put(name: string, text: string, forMs: number): Promise<void>;
	/** True for the first who says this name, and for nobody else until it is forgotten. */
	claim(name: string, forMs: number): Promise<boolean>;
}
