import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { asStreamId, asWorkflowId, type PersonId, type StreamId, workflowStream } from '../../domain/ids.ts';
import type { WorkflowCommand } from '../../domain/workflow/commands.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { RecordedWorkflowFact } from '../../domain/workflow/facts.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import { latestVersion, type SavedVersion, type SavedWorkflow } from '../../domain/workflow/state.ts';
import type { IEventStore, IStreamIndex } from '../../ports/event-store.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { KnownWorkflow } from './known-workflow.ts';

interface Dependencies {
	readonly workflows: Pick<CommandHandler<SavedWorkflow, WorkflowCommand, never>, 'handle' | 'latest'>;
	readonly store: Pick<IEventStore, 'read'>;
	readonly index: Pick<IStreamIndex, 'list'>;
	readonly language: () => Promise<IWorkflowLanguage>;
	/** Whoever may share. */
	readonly owners: () => Promise<readonly PersonId[]>;
}

/** WORKFLOW_PREFIX begins every stream of workflows. */
export const WORKFLOW_PREFIX = 'workflow-';

interface ReadText {
	readonly text: string;
	readonly definition: WorkflowDefinition | undefined;
	readonly problems: readonly WorkflowProblem[];
}

/** Characters of texts that are kept with what they say. */
const KEPT_CHARACTERS = 4_000_000;

/** SavedWorkflows finds what people saved. Texts stand in history and are read from there when they are needed. */
export class SavedWorkflows {
	readonly #deps: Dependencies;
	readonly #texts = new LRUCache<string, ReadText>({
		maxSize: KEPT_CHARACTERS,
		sizeCalculation: ({ text }) => text.length + 1_000,
	});

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** What a person saved under a name and did not remove. */
	async own(person: PersonId, name: string): Promise<KnownWorkflow | undefined> {
		const saved = await this.state(person, name);
		return saved === undefined ? undefined : this.#known(saved);
	}

	async state(person: PersonId, name: string): Promise<SavedWorkflow | undefined> {
		if (!isName(name)) return undefined;
		const saved = await this.#deps.workflows.latest(savedStream(person, name));
		return saved?.status === 'kept' ? saved : undefined;
	}

	/** The text of one of its versions; undefined where it was erased, or is not known any more. */
	async textOf(saved: SavedWorkflow, version: number): Promise<(SavedVersion & { readonly text: string }) | undefined> {
		const found = saved.versions.find((one) => one.version === version);
		if (found === undefined) return undefined;
		const { text } = await this.#read(saved, found);
		return text === '' ? undefined : { ...found, text };
	}

	/** What somebody else shares under a name and has not switched off. */
	async shared(person: PersonId, name: string): Promise<KnownWorkflow | undefined> {
		for (const owner of await this.#deps.owners()) {
			const saved = owner === person ? undefined : await this.state(owner, name);
			if (saved?.shared === true && saved.use === 'enabled') return this.#known(saved);
		}
		return undefined;
	}

	async allOwn(person: PersonId): Promise<readonly KnownWorkflow[]> {
		const states: (SavedWorkflow | undefined)[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: WORKFLOW_PREFIX, person, before, limit: 500 });
			const kept = rows.filter(({ summary }) => typeof summary['name'] === 'string' && summary['removed'] !== true);
			states.push(...(await Promise.all(kept.map(({ stream }) => this.#deps.workflows.latest(stream)))));
			before = rows.length === 500 ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		const there = states.flatMap((saved) => (saved?.status === 'kept' ? saved : []));
		return Promise.all(there.map((saved) => this.#known(saved)));
	}

	async allShared(person: PersonId): Promise<readonly KnownWorkflow[]> {
		const owners = (await this.#deps.owners()).filter((owner) => owner !== person);
		const all = (await Promise.all(owners.map((owner) => this.allOwn(owner)))).flat();
		return all.filter(({ saved }) => saved?.shared === true && saved.use === 'enabled');
	}

	handle(person: PersonId, name: string, command: WorkflowCommand) {
		return this.#deps.workflows.handle(savedStream(person, name), command);
	}

	/** What was erased is kept nowhere. */
	forgetTexts(): void {
		this.#texts.clear();
		// One that cannot be loaded has compiled nothing.
		void this.#deps.language().then(
			(language) => language.forget(),
			() => {},
		);
	}

	async #known(saved: SavedWorkflow): Promise<KnownWorkflow> {
		const { name, person, learned } = saved;
		const latest = latestVersion(saved);
		const { text, definition, problems } = await this.#read(saved, latest);
		const version = latest?.version ?? 0;
		return {
			...{ name, version, text, problems, saved, owner: person },
			origin: learned === undefined ? 'saved' : 'learned',
			definition,
		};
	}

	async #read({ person, name }: SavedWorkflow, version: SavedVersion | undefined): Promise<ReadText> {
		const seq = version?.seq ?? 0;
		const key = `${person}.${name}/${seq}`;
		const known = this.#texts.get(key);
		if (known !== undefined) return known;
		const stored = await this.#deps.store.read(savedStream(person, name), seq - 1, 1);
		// Facts come back as they were written.
		const fact = stored.find((one) => one.seq === seq) as unknown as RecordedWorkflowFact | undefined;
		const text = fact?.type === 'WorkflowSaved' ? fact.data.text : '';
		const result = (await this.#deps.language()).read(text);
		const read: ReadText = result.ok
			? { text, definition: { ...result.definition, version: version?.version ?? 0 }, problems: [] }
			: { text, definition: undefined, problems: result.problems };
		this.#texts.set(key, read);
		return read;
	}
}

/** savedStream is the stream of what a person saves under a name. */
export function savedStream(person: PersonId, name: string): StreamId {
	return workflowStream(asWorkflowId(`${person}.${name}`));
}

/** The stream of the keys a person knows: no workflow can have this name. */
export function keyringStream(person: PersonId): StreamId {
	return asStreamId(`${WORKFLOW_PREFIX}${person}._keys`);
}

/** hashOf names a text. */
export function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

function isName(name: string): boolean {
	return /^[a-z0-9][a-z0-9-]{0,62}$/.test(name);
}
