/** FrontendMemory keeps one short text for a frontend over restarts; `save` resolves once it is durable. */
export interface FrontendMemory {
	load(): Promise<string | undefined>;
	save(text: string): Promise<void>;
}
