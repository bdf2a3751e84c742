import type { Json, JsonObject } from '@errand/core/domain/json.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import type {
	CheckedWorkflow,
	ImportChoices,
	ImportedWorkflows,
	WorkflowDetail,
	WorkflowStats,
	WorkflowSummary,
	WorkflowVersion,
} from '@errand/core/orchestrator/desks/workflows.ts';
import type { Ask } from '../api.ts';

/** CapabilityView is a capability as a step can use it. */
export interface CapabilityView {
	readonly name: string;
	readonly summary: string;
	readonly source?: string | undefined;
	readonly effects: 'none' | 'idempotent' | 'external';
	/** JSON Schemas. */
	readonly input: JsonObject;
	readonly output: JsonObject;
}

/** WorkflowApi is every call about workflows. */
export interface WorkflowApi {
	list(): Promise<readonly WorkflowSummary[]>;
	get(name: string): Promise<WorkflowDetail>;
	/** A text that was saved before. */
	version(name: string, version: number): Promise<WorkflowVersion>;
	stats(name: string): Promise<WorkflowStats>;
	/** The latest runs among the latest tasks. */
	runs(name: string): Promise<readonly TaskSummary[]>;
	run(name: string, input: Json): Promise<{ readonly id: string }>;
	/** Runs a text that is not saved. */
	runText(
		text: string,
		input: Json,
	): Promise<{ readonly id: string; readonly places: Readonly<Record<string, string>> }>;
	check(text: string): Promise<CheckedWorkflow>;
	merge(text: string, definition: JsonObject): Promise<string>;
	save(
		name: string,
		text: string,
		baseVersion: number | undefined,
	): Promise<{ readonly name: string; readonly version: number }>;
	remove(name: string): Promise<void>;
	setEnabled(name: string, enabled: boolean): Promise<void>;
	exported(names: readonly string[]): Promise<JsonObject>;
	takeIn(file: string, choices: ImportChoices): Promise<ImportedWorkflows>;
	capabilities(): Promise<readonly CapabilityView[]>;
}

const TASKS = 200;

/** workflowApi makes the calls. */
export function workflowApi(ask: Ask): WorkflowApi {
	const path = (name: string, rest = '') => `/v1/workflows/${encodeURIComponent(name)}${rest}`;
	return {
		list: async () => (await ask<{ workflows: readonly WorkflowSummary[] }>('GET', '/v1/workflows')).workflows,
		get: (name) => ask('GET', path(name)),
		version: (name, version) => ask('GET', path(name, `/versions/${version}`)),
		stats: (name) => ask('GET', path(name, '/stats')),
		runs: async (name) => {
			const { tasks } = await ask<{ tasks: readonly TaskSummary[] }>('GET', `/v1/tasks?limit=${TASKS}`);
			return tasks.filter(({ workflow }) => workflow?.replace(/@\d+$/, '') === name);
		},
		run: (name, input) => ask('POST', path(name, '/run'), { input }),
		runText: (text, input) => ask('POST', '/v1/workflows/run-text', { text, input }),
		check: (text) => ask('POST', '/v1/workflows/check', { text }),
		merge: async (text, definition) =>
			(await ask<{ text: string }>('POST', '/v1/workflows/merge', { text, definition })).text,
		save: (name, text, baseVersion) =>
			ask('PUT', path(name), { text, ...(baseVersion === undefined ? {} : { baseVersion }) }),
		remove: (name) => ask('DELETE', path(name)),
		setEnabled: (name, enabled) => ask('POST', path(name, '/enabled'), { enabled }),
		exported: (names) => ask('POST', '/v1/workflows/export', { names }),
		takeIn: (file, choices) => ask('POST', '/v1/workflows/import', { file, ...choices }),
		capabilities: async () =>
			(await ask<{ capabilities: readonly CapabilityView[] }>('GET', '/v1/capabilities')).capabilities,
	};
}
