import { answerOfChange } from '../../domain/backlog/answer-of-change.ts';
import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import type { RecordedBacklogFact } from '../../domain/backlog/facts.ts';
import { readBacklog } from '../../domain/backlog/read-backlog.ts';
import type { Backlog } from '../../domain/backlog/state.ts';
import { BACKLOG_TOOLS, type BacklogToolName, isBacklogTool, kindOfCall } from '../../domain/backlog/tools.ts';
import { CoreError } from '../../domain/errors.ts';
import { assertNever, type JsonObject } from '../../domain/json.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { FactRelay } from '../commands/fact-relay.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type {
	BacklogCall,
	BacklogChange,
	BacklogSummary,
	CallOptions,
	IBacklogDesk,
	OperationView,
	WorkUnderWay,
} from '../desks/backlog.ts';
import type { Principal } from '../desks/desk.ts';
import { changesOfFact } from './change-of-fact.ts';
import { DESK_TOOLS, type DeskParts, type DeskTool } from './desk-tools.ts';
import { givenFiles } from './given-files.ts';
import type { OpenProject } from './open-project.ts';
import type { ProjectArgs } from './projects.ts';

interface Dependencies extends Omit<DeskParts, 'backlogs' | 'change'> {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state' | 'latest'>;
	readonly artifacts: IArtifactStore;
	readonly relay: FactRelay;
	/** Tools of kind `desk` beside those of this folder. */
	readonly more?: Readonly<Record<string, DeskTool>> | undefined;
}

/** Of these tools `file` names something else than the tasks file. */
const OTHER_FILE: readonly string[] = ['complexity_report'];

/** BacklogDesk is the one way in to backlogs: for MCP, REST, chat and the page. */
export class BacklogDesk implements IBacklogDesk {
	readonly #deps: Dependencies;
	readonly #parts: DeskParts;
	readonly #tools: Readonly<Record<string, DeskTool>>;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#parts = { ...deps, change: (...call) => this.#change(...call) };
		this.#tools = { ...DESK_TOOLS, ...deps.more };
	}

	async call(principal: Principal, { tool, args }: BacklogCall, options: CallOptions = {}): Promise<JsonObject> {
		if (!isBacklogTool(tool)) throw unknownTool(tool);
		const kind = kindOfCall({ tool, args });
		switch (kind) {
			case 'read':
				return this.#read(await this.#open(principal, tool, args), tool, args);
			case 'change':
				return this.#change(principal, await this.#open(principal, tool, args), tool, args);
			case 'work':
				return this.#work(principal, { tool, args }, options);
			case 'desk': {
				const carryOut = Object.hasOwn(this.#tools, tool) ? this.#tools[tool] : undefined;
				if (carryOut === undefined) throw unknownTool(tool);
				return carryOut(this.#parts, { principal, args, options, project: () => this.#open(principal, tool, args) });
			}
			default:
				return assertNever(kind);
		}
	}

	operation(principal: Principal, id: string): Promise<OperationView> {
		return this.#deps.operations.view(principal, id);
	}

	cancelOperation(principal: Principal, id: string): Promise<OperationView> {
		return this.#deps.operations.cancel(principal, id);
	}

	list({ person }: Principal): Promise<readonly BacklogSummary[]> {
		return this.#deps.projects.list(person);
	}

	async work(principal: Principal, projectRoot: string): Promise<WorkUnderWay> {
		const { projects, backlogs, operations } = this.#deps;
		const project = await projects.open(principal, { projectRoot });
		const backlog = await backlogs.latest(project.stream);
		const going = backlog?.operations.filter(({ status }) => status === 'in_progress') ?? [];
		const shown = going.map(async ({ id, tag, taskId }) => ({
			...(await operations.view(principal, id)),
			tag,
			taskId,
		}));
		const runs = backlog?.runs.filter(({ status }) => status === 'running') ?? [];
		return {
			operations: (await Promise.all(shown)).filter(({ status }) => status === 'in_progress'),
			runs: runs.map(({ tag, item, taskId }) => ({ tag, item, taskId })),
			watches:
				backlog?.watches
					.filter(({ person }) => person === principal.person)
					.map(({ tag, item }) => ({ tag, ...(item === undefined ? {} : { item }) })) ?? [],
		};
	}

	async follow(principal: Principal, projectRoot: string, listener: (change: BacklogChange) => void) {
		const { projects, relay, backlogs } = this.#deps;
		const project = await projects.open(principal, { projectRoot });
		await project.notice();
		const { stream } = project;
		const stopWatching = project.watch();
		const seq = (await backlogs.state(stream))?.seq ?? 0;
		let order = Promise.resolve();
		const tell = async (fact: RecordedBacklogFact) => {
			const now = await backlogs.state(stream);
			if (now !== undefined) for (const change of changesOfFact(fact, now)) listener(change);
		};
		const stopFollowing = await relay.follow(stream, seq, (fact) => {
			order = order.then(() => tell(fact as unknown as RecordedBacklogFact)).catch(() => undefined);
		});
		return () => {
			stopFollowing();
			stopWatching();
		};
	}

	async #open(principal: Principal, tool: string, args: JsonObject): Promise<OpenProject> {
		const { projectRoot, file } = args as ProjectArgs;
		const named = OTHER_FILE.includes(tool) ? { projectRoot } : { projectRoot, file };
		const project = await this.#deps.projects.open(principal, named);
		await project.notice();
		return project;
	}

	async #read(project: OpenProject, tool: BacklogToolName, args: JsonObject): Promise<JsonObject> {
		const backlog = await this.#deps.backlogs.latest(project.stream);
		if (backlog === undefined) throw gone();
		return withWarnings(readBacklog(backlog, { tool, args }), project);
	}

	async #change({ person }: Principal, project: OpenProject, tool: string, args: JsonObject): Promise<JsonObject> {
		const { backlogs, clock } = this.#deps;
		const command = { type: 'CallTool', at: clock.now(), tool, args, by: person } as const;
		const { state, facts } = await backlogs.handle(project.stream, command);
		if (state === undefined) throw gone();
		await project.keep(state);
		const answer = answerOfChange({ tool, args }, facts as unknown as readonly RecordedBacklogFact[], state);
		return withWarnings(answer, project);
	}

	async #work(principal: Principal, call: BacklogCall, options: CallOptions): Promise<JsonObject> {
		const { operations } = this.#deps;
		const { tool, args } = call;
		const project = await this.#open(principal, tool, args);
		const files = await givenFiles(this.#deps, { person: principal.person, root: project.root }, call);
		const inBackground = args['async'] === true;
		const answer = await operations.run(principal, project, { tool, args, files }, { ...options, inBackground });
		return withWarnings(answer, project);
	}
}

/** What is wrong with the files is said beside the answer, because the change is kept all the same. */
function withWarnings(answer: JsonObject, { warnings }: OpenProject): JsonObject {
	if (warnings.length === 0) return answer;
	const own = Array.isArray(answer['warnings']) ? answer['warnings'] : [];
	return { ...answer, warnings: [...own, ...warnings] };
}

function unknownTool(tool: string): CoreError {
	return new CoreError('not-found', `There is no tool "${tool.slice(0, 60)}" of backlogs here.`, {
		hint: `There are ${Object.keys(BACKLOG_TOOLS).join(', ')}.`,
	});
}

function gone(): CoreError {
	return new CoreError('not-found', 'This backlog is there no more.', { hint: 'list_backlogs lists yours.' });
}
