/** INote keeps one short text durably: `save` resolves once it is kept; the old or the new one is there after a crash, nothing in between. */
export interface INote {
	load(): Promise<string | undefined>;
	save(text: string): Promise<void>;
}
