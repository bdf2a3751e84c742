import type { ConversationId, PersonId, StreamId } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { WorkflowCommand } from '../../domain/workflow/commands.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { RecordedWorkflowFact } from '../../domain/workflow/facts.ts';
import type { Keyring, KeyringCommand, RecordedKeyringFact } from '../../domain/workflow/keyring.ts';
import type { Learned, SavedWorkflow } from '../../domain/workflow/state.ts';
import type { ICatalogue } from '../../ports/catalogue.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { IEmbedder } from '../../ports/memory.ts';
import type { IParameterNamer } from '../../ports/parameter-namer.ts';
import type { IWorkflowFiles } from '../../ports/workflow-files.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { DrivingPorts } from '../commands/driven-streams.ts';
import { CommandHandler } from '../commands/handle-command.ts';
import type { Driven, StreamsOfAKind } from '../commands/streams-on-demand.ts';
import type { ITaskDesk } from '../desks/desk.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { FileWorkflows } from './file-workflows.ts';
import { LearnedWorkflows } from './learned-workflows.ts';
import { SavedWorkflows, WORKFLOW_PREFIX } from './saved-workflows.ts';
import { SharedFiles } from './shared-files.ts';
import { keyringDecider, workflowDecider } from './workflow-decider.ts';
import { WorkflowDesk } from './workflow-desk.ts';
import { WorkflowLibrary } from './workflow-library.ts';
import { type IWorkflowOffers, WorkflowOffers } from './workflow-offers.ts';
import { type EndedRun, endedRun, WorkflowRuns } from './workflow-runs.ts';

/** WorkflowParts is what workflows stand on besides the streams. */
export interface WorkflowParts {
	/** What reads and compiles them; loaded with its first use. */
	readonly language: () => Promise<IWorkflowLanguage>;
	/** The operator's folder. */
	readonly files: IWorkflowFiles;
	/** Those that come with Errand. */
	readonly shipped: IWorkflowFiles;
	/** Those that stand in code, as they are now. */
	readonly code: () => Promise<readonly WorkflowDefinition[]>;
	readonly catalogue: Pick<ICatalogue, 'list'> & Partial<Pick<ICatalogue, 'missing'>>;
	/** Finds parameters of what is learned, where a language model is there to do it. */
	readonly namer?: (() => Promise<IParameterNamer>) | undefined;
	/** Hears of every run that ended. */
	readonly measure?: ((run: EndedRun) => void) | undefined;
}

/** WorkflowPorts is what their streams are kept with, and whose they are. */
export interface WorkflowPorts extends Omit<DrivingPorts, 'homes'> {
	/** This installation's key. */
	readonly signer: Pick<IHistorySigner, 'publicKey' | 'sign'>;
	readonly homes: Pick<DrivingPorts['homes'], 'alone'>;
	readonly index: Pick<IStreamIndex, 'list'>;
	readonly tasks: Pick<ITaskDesk, 'submit' | 'list' | 'view'>;
	readonly embedder: Pick<IEmbedder, 'name' | 'embed'> | undefined;
	/** Whoever may share with everybody. */
	readonly owners: () => Promise<readonly PersonId[]>;
	/** Tells a person something, once for a key. */
	readonly tell?:
		| ((notice: {
				key: string;
				person: PersonId;
				conversation?: ConversationId | undefined;
				text: string;
		  }) => Promise<void>)
		| undefined;
}

/** WorkflowStreams are all workflows: saved ones as streams, and those that come from elsewhere, with their desk. */
export class WorkflowStreams implements StreamsOfAKind<IWorkflowDesk> {
	readonly desk: IWorkflowDesk;
	/** What suits a goal. */
	readonly offers: IWorkflowOffers;
	/** Nothing is ever owed to a workflow. */
	readonly driven: Driven;
	readonly #deps: WorkflowPorts & WorkflowParts;
	readonly #handler: CommandHandler<SavedWorkflow, WorkflowCommand, RecordedWorkflowFact>;
	readonly #keyrings: CommandHandler<Keyring, KeyringCommand, RecordedKeyringFact>;
	readonly #saved: SavedWorkflows;
	readonly #files: readonly FileWorkflows[];
	readonly #learned: LearnedWorkflows;

	constructor(deps: WorkflowPorts & WorkflowParts) {
		const { bus, homes, language, log } = deps;
		this.#deps = deps;
		const kept = {
			...deps,
			alone: homes.alone,
			appended: (stream: StreamId, facts: Parameters<typeof bus.publish<'facts'>>[1]['facts']) =>
				bus.publish('facts', { stream, facts }),
		};
		this.#handler = new CommandHandler({ ...kept, decider: workflowDecider });
		this.#keyrings = new CommandHandler({ ...kept, decider: keyringDecider });
		const saved = new SavedWorkflows({ ...deps, workflows: this.#handler });
		const files = new FileWorkflows({ files: deps.files, origin: 'file', language, log });
		const shipped = new FileWorkflows({ files: deps.shipped, origin: 'shipped', language, log });
		const library = new WorkflowLibrary({ saved, files, shipped, code: deps.code });
		const learned = new LearnedWorkflows({ ...deps, saved });
		this.#saved = saved;
		this.#files = [files, shipped];
		this.#learned = learned;
		const desk = new WorkflowDesk({
			...{ ...deps, library, saved, learned },
			sharedFiles: new SharedFiles({ ...deps, library, saved, keyrings: this.#keyrings }),
			runs: new WorkflowRuns(deps),
		});
		this.desk = desk;
		this.offers = new WorkflowOffers({ ...deps, saved, learned, desk });
		this.driven = {
			owns: (stream) => stream.startsWith(WORKFLOW_PREFIX),
			adopt: async () => {},
			letGo: () => this.forgetAll(),
		};
	}

	/** Counts how a run ended, once for what was learned. */
	async taskReported(task: Task, report: Report): Promise<void> {
		if (report.about.kind !== 'end') return;
		const run = endedRun(task);
		if (run === undefined) return;
		this.#deps.measure?.(run);
		if (run.status === 'cancelled') return;
		const saved = await this.#saved.state(task.person, run.workflow);
		if (saved?.learned === undefined) return;
		const at = this.#deps.clock.now();
		const command = { type: 'CountRun', at, taskId: task.id, outcome: run.status } as const;
		const { state } = await this.#saved.handle(task.person, run.workflow, command);
		// Looked at again after a crash, it is still the run that had it retired.
		if (state?.use !== 'retired' || state.learned?.runs.at(-1)?.taskId !== task.id) return;
		const { person, conversation } = task;
		const key = `workflow-retired.${run.workflow}.${task.id}`;
		await this.#deps.tell?.({ key, person, conversation, text: retiredWords(run.workflow, state.learned) });
	}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#handler.forget(stream);
		this.#keyrings.forget(stream);
		this.#saved.forgetTexts();
	}

	forgetAll(): void {
		this.#handler.forgetAll();
		this.#keyrings.forgetAll();
		this.#saved.forgetTexts();
	}

	/** Watches no files any more; safe to call twice. */
	stop(): void {
		for (const files of this.#files) files.stop();
		this.#learned.stop();
	}
}

function retiredWords(name: string, { runs }: Learned): string {
	const failed = runs.filter(({ outcome }) => outcome === 'failed').length;
	return `Your workflow **${name}** failed in ${failed} of its last ${runs.length} runs, so I do not offer it any more. \`/workflow ${name}\` shows it; changing it or switching it on again brings it back.`;
}
