import type { CapabilityDeclaration } from './capability.ts';

/**
 * ICatalogue is what can be done here now. It changes while the server runs: an MCP server was added, an agent went away, a worker
 * brought a capability of its own.
 */
export interface ICatalogue {
	/** Every capability that is offered, in a steady order; the same array until something changes. */
	list(): readonly CapabilityDeclaration[];
	get(name: string): CapabilityDeclaration | undefined;
	/** Who brings it, as `ICapabilitySource` is called; undefined for what ships with Errand. */
	sourceOf(name: string): string | undefined;
	/** Why a capability that exists is not offered, by name. */
	missing(): ReadonlyMap<string, string>;
	/** Calls back after each change; returns the way to stop. */
	onChange(listener: () => void): () => void;
}
