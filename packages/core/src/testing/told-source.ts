import type { ICapability } from '../ports/capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import { ChangeListeners } from '../ports/change-listeners.ts';

/** ToldSource is a source of capabilities that brings what a test says. */
export class ToldSource implements ICapabilitySource {
	readonly name: string;
	readonly ended: string[] = [];
	readonly #listeners = new ChangeListeners();
	#brought: readonly ICapability[];

	constructor(name: string, brought: readonly ICapability[]) {
		this.name = name;
		this.#brought = brought;
	}

	bring(brought: readonly ICapability[]): void {
		this.#brought = brought;
		this.#listeners.tell();
	}

	capabilities(): readonly ICapability[] {
		return this.#brought;
	}

	missing(): ReadonlyMap<string, string> {
		return new Map();
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	async endTask(task: string): Promise<void> {
		this.ended.push(task);
	}

	async stop(): Promise<void> {}
}
