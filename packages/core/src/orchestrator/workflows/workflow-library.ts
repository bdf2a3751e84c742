import type { PersonId } from '../../domain/ids.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { subWorkflowsOf } from '../../domain/workflow/sub-workflows.ts';
import type { Library } from '../../ports/workflow-language.ts';
import type { FileWorkflows } from './file-workflows.ts';
import type { KnownWorkflow } from './known-workflow.ts';
import type { SavedWorkflows } from './saved-workflows.ts';

interface Dependencies {
	readonly saved: SavedWorkflows;
	readonly files: FileWorkflows;
	readonly shipped: FileWorkflows;
	/** What stands in code. */
	readonly code: () => Promise<readonly WorkflowDefinition[]>;
}

/** So many workflows may belong to one; more is a mistake. */
const MAX_PARTS = 200;

/**
 * WorkflowLibrary finds workflows by their names. Of several with the same name a person gets their own, else what others share,
 * else the operator's file, else what stands in code, else what ships with Errand; parts of a workflow are found by the same rule.
 */
export class WorkflowLibrary {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async find(person: PersonId, name: string): Promise<KnownWorkflow | undefined> {
		const { saved, files, shipped } = this.#deps;
		return (
			(await saved.own(person, name)) ??
			(await saved.shared(person, name)) ??
			(await files.find(name)) ??
			(await this.#inCode()).find((known) => known.name === name) ??
			(await shipped.find(name))
		);
	}

	/** Each name once, by the same rule; by name. */
	async all(person: PersonId): Promise<readonly KnownWorkflow[]> {
		const { saved, files, shipped } = this.#deps;
		const found = await Promise.all([
			saved.allOwn(person),
			saved.allShared(person),
			files.all(),
			this.#inCode(),
			shipped.all(),
		]);
		const byName = new Map<string, KnownWorkflow>();
		for (const known of found.flat()) {
			const before = byName.get(known.name);
			const replaces = before?.origin === known.origin && before.definition === undefined;
			if (before === undefined || replaces) byName.set(known.name, known);
		}
		return [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
	}

	/** Everything that a workflow is made of, found beforehand: compiling does not wait. */
	async partsOf(person: PersonId, definition: WorkflowDefinition): Promise<Library> {
		const parts = new Map<string, WorkflowDefinition | undefined>([[definition.name, definition]]);
		let wanted = subWorkflowsOf(definition);
		while (wanted.length > 0 && parts.size < MAX_PARTS) {
			const names = wanted.filter((name) => !parts.has(name)).slice(0, MAX_PARTS);
			const found = await Promise.all(names.map(async (name) => (await this.find(person, name))?.definition));
			for (const [index, name] of names.entries()) parts.set(name, found[index]);
			wanted = [...new Set(found.flatMap((part) => (part === undefined ? [] : subWorkflowsOf(part))))].filter(
				(name) => !parts.has(name),
			);
		}
		return (name) => parts.get(name);
	}

	async #inCode(): Promise<readonly KnownWorkflow[]> {
		return (await this.#deps.code()).map((definition) => {
			const { name, version } = definition;
			return { name, origin: 'code', version, definition, text: undefined, problems: [] };
		});
	}
}
