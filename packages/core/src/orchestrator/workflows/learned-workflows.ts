import { LRUCache } from 'lru-cache';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { learnWorkflow } from '../../domain/workflow/learn-workflow.ts';
import { cosine, likeness, telling } from '../../domain/workflow/likeness.ts';
import { learnedGoal, readInput } from '../../domain/workflow/read-input.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IEmbedder } from '../../ports/memory.ts';
import type { IParameterNamer, NamedValue } from '../../ports/parameter-namer.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type { KnownWorkflow } from './known-workflow.ts';
import type { SavedWorkflows } from './saved-workflows.ts';
import { workflowOf } from './workflow-runs.ts';

interface Dependencies {
	readonly saved: SavedWorkflows;
	readonly tasks: Pick<ITaskDesk, 'view'>;
	readonly language: () => Promise<IWorkflowLanguage>;
	/** Tells which goals mean alike, where that can be told. */
	readonly embedder: Pick<IEmbedder, 'name' | 'embed'> | undefined;
	/** Finds parameters, where a language model is there to do it. */
	readonly namer?: (() => Promise<IParameterNamer>) | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** From here on two goals are taken for the same errand: by their words, and by what they mean. */
const ALIKE_IN_WORDS = 0.6;
const ALIKE_IN_MEANING = 0.82;
/** Goals that have no word in common are not compared further. */
const WORTH_A_LOOK = 0.2;
const SUGGESTED = 3;
const COMPARED = 30;
/** How long (ms) meaning is waited for; after that, words must do. */
const PATIENCE_MS = 300;
const MAX_GOAL = 1_000;
/** A person waits for it, and rules are at hand. */
const NAMING_MS = 20_000;

/** LearnedWorkflows makes workflows of finished tasks, and finds those that suit a new goal. */
export class LearnedWorkflows {
	readonly #deps: Dependencies;
	readonly #stopped = new AbortController();
	readonly #vectors = new LRUCache<string, Float32Array>({ max: 500 });

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async fromTask(principal: Principal, task: TaskId) {
		const { status, goal, plan } = await this.#deps.tasks.view(principal, task);
		const steps = plan.steps.filter(({ parent }) => parent === undefined);
		const [, name] = /^([^@]*)@/.exec(workflowOf(plan.by) ?? '') ?? [];
		if (name !== undefined)
			throw notPossible(`It was a run of the workflow "${name}" already.`, 'Save a version of that one.');
		if (status !== 'done') throw notPossible(`It is ${status}, not done.`, 'Save one that came to a good end.');
		if (steps.length === 0) throw notPossible('It was answered without any step.', 'Save one that did something.');
		const strangers = [...new Set(steps.flatMap(({ origins = [] }) => origins))];
		if (strangers.length > 0) {
			const why = `Part of its plan comes from ${strangers.slice(0, 3).join(', ')}, and would run as if it were yours.`;
			throw notPossible(why, 'Write the workflow yourself, with what you want of it.');
		}
		const proposed = await this.#proposed(principal, task, { goal, inputs: steps.map(({ input }) => input) });
		const { definition, parameters } = learnWorkflow({ goal, steps, proposed });
		const free = { ...definition, name: await this.#freeName(principal, definition.name) };
		const text = (await this.#deps.language()).write(free);
		return { text, name: free.name, parameters: parameters.map((one) => one.name) };
	}

	async suggest(
		{ person }: Principal,
		given: string,
	): Promise<readonly { name: string; title: string; score: number; input: JsonObject }[]> {
		const goal = given.slice(0, MAX_GOAL);
		const saved = await this.#deps.saved.allOwn(person);
		const offered = saved.filter((known) => known.definition !== undefined && known.saved?.use === 'enabled');
		const said = telling(goal);
		const compared = offered
			.map((known) => ({ known, words: likeness(said, tellingOf(known)) }))
			.filter(({ words }) => words >= WORTH_A_LOOK)
			.toSorted((one, other) => other.words - one.words)
			.slice(0, COMPARED);
		// Where words tell, nobody waits for what they mean.
		const isTold = compared.some(({ words }) => words >= ALIKE_IN_WORDS);
		const unsure = isTold ? [] : compared;
		const meanings = await this.#meanings(
			said,
			unsure.map(({ known }) => tellingOf(known)),
		);
		const scored = compared.map(({ known, words }) => {
			const meaning = meanings.get(tellingOf(known)) ?? 0;
			return { known, score: words >= ALIKE_IN_WORDS ? words : meaning >= ALIKE_IN_MEANING ? meaning : 0 };
		});
		return scored
			.filter(({ score }) => score > 0)
			.toSorted((one, other) => other.score - one.score)
			.slice(0, SUGGESTED)
			.flatMap(({ known: { name, definition }, score }) =>
				definition === undefined
					? []
					: { name, title: definition.title ?? name, score, input: this.inputFor(definition, goal) },
			);
	}

	/** What a workflow takes, as far as a goal says it. */
	inputFor(definition: WorkflowDefinition, goal: string): JsonObject {
		return readInput(definition, goal.slice(0, MAX_GOAL));
	}

	stop(): void {
		this.#stopped.abort();
	}

	/** What a model makes of it; nothing where it does not get there, and rules do. */
	async #proposed(
		{ person }: Principal,
		task: TaskId,
		asked: { readonly goal: string; readonly inputs: readonly Json[] },
	): Promise<readonly NamedValue[]> {
		const { namer, clock, log } = this.#deps;
		if (namer === undefined) return [];
		const late = new AbortController();
		const callOff = clock.after(NAMING_MS, () => late.abort());
		try {
			const signal = AbortSignal.any([this.#stopped.signal, late.signal]);
			return await (await namer()).nameParameters({ person, task, ...asked }, signal);
		} catch (error) {
			log.info('parameters found by rules', { task, error: describeError(error) });
			return [];
		} finally {
			callOff();
		}
	}

	/** How alike in meaning a goal and others are; none where that cannot be told in time. */
	async #meanings(goal: string, others: readonly string[]): Promise<ReadonlyMap<string, number>> {
		const { embedder, clock, log } = this.#deps;
		if (embedder === undefined || others.length === 0) return new Map();
		const { promise: late, resolve } = Promise.withResolvers<ReadonlyMap<string, number>>();
		const callOff = clock.after(PATIENCE_MS, () => resolve(new Map()));
		const compare = async () => {
			const unknown = [goal, ...others].filter((text) => !this.#vectors.has(`${embedder.name} ${text}`));
			const made = await embedder.embed(unknown, { signal: this.#stopped.signal, passing: true });
			for (const [index, text] of unknown.entries()) {
				const vector = made[index];
				if (vector !== undefined) this.#vectors.set(`${embedder.name} ${text}`, vector);
			}
			const vectorOf = (text: string) => this.#vectors.get(`${embedder.name} ${text}`);
			const asked = vectorOf(goal);
			return new Map(
				others.map((text) => {
					const vector = vectorOf(text);
					return [text, asked === undefined || vector === undefined ? 0 : cosine(asked, vector)] as const;
				}),
			);
		};
		const compared = compare().catch((error: unknown): ReadonlyMap<string, number> => {
			log.debug('workflows compared by words only', { error: describeError(error) });
			return new Map();
		});
		try {
			return await Promise.race([compared, late]);
		} finally {
			callOff();
		}
	}

	async #freeName({ person }: Principal, name: string): Promise<string> {
		for (let number = 1; number < 100; number++) {
			const free = number === 1 ? name : `${name}-${number}`;
			if ((await this.#deps.saved.state(person, free)) === undefined) return free;
		}
		return name;
	}
}

function tellingOf({ name, definition }: KnownWorkflow): string {
	if (definition === undefined) return '';
	return telling(learnedGoal(definition) ?? `${definition.title ?? name} ${definition.description ?? ''}`);
}

function notPossible(message: string, hint: string): CoreError {
	return new CoreError('not-possible', `The task cannot be saved as a workflow. ${message}`, { hint });
}
