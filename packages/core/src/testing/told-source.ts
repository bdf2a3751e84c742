import type { ICapability } from '../ports/capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';

/** ToldSource is a source of capabilities that brings what a test says. */
export class ToldSource implements ICapabilitySource {
	readonly name: string;
	readonly ended: string[] = [];
	readonly #listeners = new Set<() => void>();
	#brought: readonly ICapability[];

	constructor(name: string, brought: readonly ICapability[]) {
		this.name = name;
		this.#brought = brought;
	}

	bring(brought: readonly ICapability[]): void {
		this.#brought = brought;
		for (const listener of [...this.#listeners]) listener();
	}

	capabilities(): readonly ICapability[] {
		return this.#brought;
	}

	missing(): ReadonlyMap<string, string> {
		return new Map();
	}

	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	async endTask(task: string): Promise<void> {
		this.ended.push(task);
	}

	async stop(): Promise<void> {}
}
