import type { TaskId } from '../domain/ids.ts';
import type { WorkflowDefinition } from '../domain/workflow/definition.ts';
import type { ICapability } from './capability.ts';

/**
 * ICapabilitySource brings capabilities that come and go: an MCP server, an agent elsewhere, modules of the operator, programs
 * that join while the server runs. What it declares is checked by whoever adds it, so a source may be wrong, not dangerous.
 */
export interface ICapabilitySource {
	/** Steady, for people and logs: `mcp:github`, `modules`. */
	readonly name: string;
	/** What it brings now; the same array until `onChange` calls back. A run that began with a capability may go on with it after. */
	capabilities(): readonly ICapability[];
	/** Who it has a capability from, where it only passes that on. */
	originOf?(name: string): string | undefined;
	/** Workflows that come along with them, the newest version of each. */
	workflows?(): readonly WorkflowDefinition[];
	/** Why a capability it would bring is not offered, by name. */
	missing(): ReadonlyMap<string, string>;
	/** Calls back after each change of either; returns the way to stop. */
	onChange(listener: () => void): () => void;
	/** Ends what it keeps for a task (a connection, a session); at once where there is nothing, twice does no harm. */
	endTask(task: TaskId, how?: { keepState?: boolean }): Promise<void>;
	/** Ends everything it started; runs that go on fail. Twice does no harm. */
	stop(): Promise<void>;
}
