import { CoreError } from '../../domain/errors.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { InvalidInputError } from '../../domain/parse-input.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import { subWorkflowsOf } from '../../domain/workflow/sub-workflows.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ICatalogue } from '../../ports/catalogue.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type {
	CheckedWorkflow,
	ImportChoices,
	IWorkflowDesk,
	WorkflowDetail,
	WorkflowRequest,
	WorkflowStats,
	WorkflowSummary,
	WorkflowTrial,
	WorkflowVersion,
} from '../desks/workflows.ts';
import { refuseGuests } from '../people/refuse-guests.ts';
import { inputWords } from './input-words.ts';
import type { KnownWorkflow } from './known-workflow.ts';
import type { LearnedWorkflows } from './learned-workflows.ts';
import { hashOf, type SavedWorkflows } from './saved-workflows.ts';
import type { SharedFiles } from './shared-files.ts';
import { TextPace } from './text-pace.ts';
import { unusableWorkflow } from './unusable-workflow.ts';
import type { WorkflowLibrary } from './workflow-library.ts';
import type { WorkflowRuns } from './workflow-runs.ts';

interface Dependencies {
	readonly library: WorkflowLibrary;
	readonly saved: SavedWorkflows;
	readonly sharedFiles: SharedFiles;
	readonly learned: LearnedWorkflows;
	readonly runs: WorkflowRuns;
	readonly language: () => Promise<IWorkflowLanguage>;
	readonly catalogue: Pick<ICatalogue, 'list'> & Partial<Pick<ICatalogue, 'missing'>>;
	readonly tasks: Pick<ITaskDesk, 'submit'>;
	readonly clock: IClock;
}

const MAX_SAVED = 500;
const NAMED = 20;
const NOT_FOR_GUESTS = 'Guests run workflows; they save none.';

/** WorkflowDesk lets people see, save and run workflows. */
export class WorkflowDesk implements IWorkflowDesk {
	readonly #deps: Dependencies;
	/** What was found wrong, as long as neither the workflow nor the catalogue changes; what has parts is looked at each time. */
	readonly #checked = new WeakMap<
		WorkflowDefinition,
		{ readonly catalogue: readonly CapabilityDeclaration[]; readonly problems: readonly WorkflowProblem[] }
	>();

	readonly #texts: TextPace;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#texts = new TextPace(() => deps.clock.now());
	}

	async list(principal: Principal): Promise<readonly WorkflowSummary[]> {
		const all = await this.#deps.library.all(principal.person);
		return Promise.all(all.map((known) => this.#summary(principal, known)));
	}

	async get(principal: Principal, name: string): Promise<WorkflowDetail> {
		const known = await this.#found(principal, name);
		const { definition } = known;
		if (definition === undefined) throw unusableWorkflow(name, known.problems);
		const language = await this.#deps.language();
		const mayReadHistory = known.owner === principal.person;
		return {
			...(await this.#summary(principal, known)),
			text: known.text ?? language.write(definition),
			definition,
			steps: language.graph(definition),
			versions: (mayReadHistory ? (known.saved?.versions ?? []) : [])
				.map(({ version, at, by }) => ({ version, at, by }))
				.reverse(),
		};
	}

	async version(principal: Principal, name: string, version: number): Promise<WorkflowVersion> {
		const saved = await this.#deps.saved.state(principal.person, name);
		const found = saved === undefined ? undefined : await this.#deps.saved.textOf(saved, version);
		if (found !== undefined) return { name, version, at: found.at, by: found.by, text: found.text };
		throw new CoreError('unknown-workflow', `There is no version ${version} of a workflow "${name}" of yours.`, {
			hint: 'GET /v1/workflows/:name lists the versions that are kept, of what you saved yourself.',
		});
	}

	async check(principal: Principal, text: string): Promise<CheckedWorkflow> {
		this.#texts.admit(principal, text);
		const language = await this.#deps.language();
		const read = language.read(text);
		const known = read.ok ? [] : read.problems;
		const said = new Set(known.map(({ path, message }) => `${path}: ${message}`));
		const { definition } = read;
		if (definition === undefined) return { ok: false, problems: known };
		const found = await this.#problems(principal, definition);
		const problems = [...known, ...found.filter(({ path, message }) => !said.has(`${path}: ${message}`))];
		if (problems.length > 0) return { ok: false, problems: language.locate(text, problems), definition };
		return { ok: true, definition, steps: language.graph(definition) };
	}

	async merge(principal: Principal, text: string, definition: JsonObject): Promise<string> {
		this.#texts.admit(principal, text, JSON.stringify(definition));
		const language = await this.#deps.language();
		return text.trim() === '' ? language.write(definition) : language.edit(text, definition);
	}

	async save(
		principal: Principal,
		text: string,
		{
			named,
			...options
		}: {
			readonly named?: string | undefined;
			readonly baseVersion?: number | undefined;
			readonly shared?: boolean | undefined;
			readonly learnedFrom?: TaskId | undefined;
		} = {},
	): Promise<{ name: string; version: number }> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		if (options.shared === true && principal.role !== 'owner') throw onlyOwner('share workflows with others');
		this.#texts.admit(principal, text);
		const language = await this.#deps.language();
		const read = language.read(text);
		if (!read.ok) throw unusableWorkflow('the text', read.problems);
		const { definition } = read;
		if (named !== undefined && definition.name !== named) throw otherName(definition.name, named);
		const problems = await this.#problems(principal, definition);
		if (problems.length > 0) throw unusableWorkflow(definition.name, language.locate(text, problems));
		await this.#refuseTooMany(principal, definition.name);
		const { person } = principal;
		const { state } = await this.#deps.saved.handle(person, definition.name, {
			...{ type: 'SaveWorkflow', at: this.#deps.clock.now(), person, by: person },
			...{ name: definition.name, version: definition.version, text, hash: hashOf(text) },
			...options,
		});
		return { name: definition.name, version: state?.versions.at(-1)?.version ?? definition.version };
	}

	async remove(principal: Principal, name: string): Promise<void> {
		const by = principal.person;
		await this.#refuseOthers(principal, name, 'remove');
		await this.#deps.saved.handle(by, name, { type: 'RemoveWorkflow', at: this.#deps.clock.now(), by });
	}

	async setEnabled(principal: Principal, name: string, enabled: boolean): Promise<void> {
		const by = principal.person;
		await this.#refuseOthers(principal, name, 'switch');
		const type = enabled ? 'EnableWorkflow' : 'DisableWorkflow';
		await this.#deps.saved.handle(by, name, { type, at: this.#deps.clock.now(), by });
	}

	/** What a run of a workflow is submitted with. */
	async prepared(principal: Principal, { name, input: given, kept, keptOrigins, goal }: WorkflowRequest) {
		const known = await this.#found(principal, name);
		const { definition } = known;
		if (definition === undefined) throw unusableWorkflow(name, known.problems);
		if (known.saved?.use === 'disabled') throw switchedOff(name);
		const { steps: plan } = await this.#compiled(principal, definition, { input: given, kept, keptOrigins });
		return { goal: goal ?? goalOf(definition, given), plan, planBy: `workflow:${known.name}@${known.version}` };
	}

	async run(principal: Principal, request: WorkflowRequest): Promise<{ id: TaskId; duplicate: boolean }> {
		const { name: _name, input: _input, kept: _kept, keptOrigins: _origins, ...rest } = request;
		const prepared = await this.prepared(principal, request);
		return this.#deps.tasks.submit(principal, { ...rest, ...prepared });
	}

	async runText(
		principal: Principal,
		{ text, input: given, conversation }: WorkflowTrial,
	): Promise<{ id: TaskId; places: Readonly<Record<string, string>> }> {
		this.#texts.admit(principal, text);
		const language = await this.#deps.language();
		const read = language.read(text);
		if (!read.ok) throw unusableWorkflow('the text', read.problems);
		const { definition } = read;
		const problems = await this.#problems(principal, definition);
		if (problems.length > 0) throw unusableWorkflow(definition.name, problems);
		const { steps, places } = await this.#compiled(principal, definition, { input: given });
		const { id } = await this.#deps.tasks.submit(principal, {
			goal: goalOf(definition, given).replace(/^Run/, 'Try'),
			plan: steps,
			// Without a version: a text that is not kept has none.
			planBy: `workflow:${definition.name}`,
			conversation,
		});
		return { id, places: Object.fromEntries([...places].map(([step, place]) => [step, place.join('.')])) };
	}

	async stats(principal: Principal, name: string): Promise<WorkflowStats> {
		await this.#found(principal, name);
		return this.#deps.runs.stats(principal, name);
	}

	async exportSigned(principal: Principal, names: readonly string[]): Promise<string> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		const found = await Promise.all([...new Set(names)].map((name) => this.#found(principal, name)));
		return this.#deps.sharedFiles.write(principal, found);
	}

	async importSigned(principal: Principal, file: string, choices: ImportChoices = {}) {
		if (principal.role !== 'owner') throw onlyOwner('take in workflows of others');
		return this.#deps.sharedFiles.takeIn(principal, file, choices);
	}

	async fromTask(principal: Principal, task: TaskId) {
		refuseGuests(principal, NOT_FOR_GUESTS);
		return this.#deps.learned.fromTask(principal, task);
	}

	suggest(
		principal: Principal,
		goal: string,
	): Promise<readonly { name: string; title: string; score: number; input: JsonObject }[]> {
		return this.#deps.learned.suggest(principal, goal);
	}

	async #found({ person }: Principal, name: string): Promise<KnownWorkflow> {
		const known = await this.#deps.library.find(person, name);
		if (known !== undefined) return known;
		const names = (await this.#deps.library.all(person)).map((one) => one.name);
		const listed = names.slice(0, NAMED).join(', ');
		throw new CoreError('unknown-workflow', `There is no workflow "${name.slice(0, 100)}".`, {
			hint: names.length === 0 ? 'Save one first.' : `There are: ${listed}${names.length > NAMED ? ', …' : ''}.`,
		});
	}

	async #compiled(
		{ person }: Principal,
		definition: WorkflowDefinition,
		{ input: given, ...kept }: Pick<WorkflowRequest, 'input' | 'kept' | 'keptOrigins'>,
	) {
		const language = await this.#deps.language();
		const { name } = definition;
		const checked = language.checkInput(definition, given);
		if (!checked.ok) throw wrongInput(name, checked.problems);
		const library = await this.#deps.library.partsOf(person, definition);
		const compiled = language.compile(definition, { input: checked.input, library, ...kept });
		if (!compiled.ok) throw unusableWorkflow(name, compiled.problems);
		return compiled;
	}

	async #summary(principal: Principal, known: KnownWorkflow): Promise<WorkflowSummary> {
		const { name, version, origin, definition, saved, owner } = known;
		const wrong = definition === undefined ? [] : await this.#problems(principal, definition);
		const retired = saved?.use === 'retired' ? [RETIRED] : [];
		return {
			...{ name, version, origin },
			title: definition?.title ?? name,
			...(definition?.description === undefined ? {} : { description: definition.description }),
			input: definition?.input ?? NO_INPUT,
			...(owner === undefined ? {} : { owner, shared: saved?.shared ?? false }),
			enabled: definition !== undefined && (saved === undefined || saved.use === 'enabled'),
			problems: [...known.problems, ...wrong, ...retired],
		};
	}

	async #problems({ person }: Principal, definition: WorkflowDefinition): Promise<readonly WorkflowProblem[]> {
		const catalogue = this.#deps.catalogue.list();
		const known = this.#checked.get(definition);
		if (known?.catalogue === catalogue) return known.problems;
		const library = await this.#deps.library.partsOf(person, definition);
		const missing = this.#deps.catalogue.missing?.();
		const problems = (await this.#deps.language()).problems(definition, { library, catalogue, missing });
		if (subWorkflowsOf(definition).length === 0) this.#checked.set(definition, { catalogue, problems });
		return problems;
	}

	async #refuseTooMany({ person }: Principal, name: string): Promise<void> {
		if ((await this.#deps.saved.state(person, name)) !== undefined) return;
		const count = (await this.#deps.saved.allOwn(person)).length;
		if (count < MAX_SAVED) return;
		throw new CoreError('not-possible', `You have ${count} saved workflows; there may not be more.`, {
			hint: 'Remove one that is not needed any more.',
		});
	}

	/** Only what a person saved themselves is changed here. */
	async #refuseOthers(principal: Principal, name: string, verb: string): Promise<void> {
		if ((await this.#deps.saved.state(principal.person, name)) !== undefined) return;
		const { origin } = await this.#found(principal, name);
		throw new CoreError(
			'not-possible',
			`You cannot ${verb} the workflow "${name}": it is not one you saved (${origin}).`,
			{
				hint: origin === 'file' ? 'Change its file.' : 'Save your own under this name; it goes before that one.',
			},
		);
	}
}

const NO_INPUT: JsonObject = { type: 'object', properties: {} };
const RETIRED: WorkflowProblem = {
	message: 'It failed too often and is not offered any more; change it, or enable it again.',
};

/** `Run "Compare offers" (url: https://…, top: 3)`: what a person recognises it by. */
function goalOf({ name, title }: WorkflowDefinition, input: Json): string {
	return `Run "${title ?? name}"${inputWords(input)}`;
}

function wrongInput(name: string, problems: readonly WorkflowProblem[]): CoreError {
	const named = problems.map(({ path, message }) => ({ path: path ?? '(all)', message }));
	return new InvalidInputError('invalid-input', `The input of "${name}"`, named);
}

function switchedOff(name: string): CoreError {
	return new CoreError('not-possible', `The workflow "${name}" is switched off.`, { hint: 'Enable it first.' });
}

function otherName(said: string, asked: string): CoreError {
	return new CoreError('invalid-workflow', `The text is of a workflow "${said}", and is to be saved as "${asked}".`, {
		hint: 'Have both say the same name.',
	});
}

function onlyOwner(what: string): CoreError {
	return new CoreError('forbidden', `Only the owner may ${what}.`, { hint: 'Ask the owner.' });
}
