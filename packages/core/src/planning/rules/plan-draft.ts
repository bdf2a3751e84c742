import { asStepId, type StepId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import type { ForEach, PlanStep, When } from '../../domain/task/plan.ts';
import { type Clause, type Goal, type Material, materialKey } from './goal.ts';

/** Result is the step whose output the next request may build on. */
export interface Result {
	readonly stepId: StepId;
	/** The pattern that made it. */
	readonly by: string;
}

/** NewStep is a step as a pattern words it. */
export interface NewStep {
	readonly id: string;
	readonly title: string;
	readonly capability: string;
	readonly input: JsonObject;
	/** Runs once for each item of a list. */
	readonly forEach?: ForEach | undefined;
}

const MAX_TITLE = 120;

/** PlanDraft collects the steps of a plan while the requests of a goal are gone through one by one. */
export class PlanDraft {
	readonly goal: Goal;
	readonly #capabilities: ReadonlySet<string>;
	readonly #steps: PlanStep[] = [];
	/** References to documents by their key; each is read once. */
	readonly #read = new Map<string, { material: Material; document: Json }>();
	#gate: { stepId: StepId; when?: When } | undefined;
	#looseTaken = false;
	#last: Result | undefined;
	readonly #asked: StepId[] = [];

	constructor(goal: Goal, capabilities: ReadonlySet<string>) {
		this.goal = goal;
		this.#capabilities = capabilities;
	}

	/** Whether the catalogue has a capability. */
	can(capability: string): boolean {
		return this.#capabilities.has(capability);
	}

	get steps(): readonly PlanStep[] {
		return this.#steps;
	}

	/** The latest result; undefined when nothing but reading has been planned. */
	get last(): Result | undefined {
		return this.#last;
	}

	/**
	 * The documents a clause is about: those it names; for the first that needs any, also what came along with the goal; for
	 * one that names none, all that was read before, or else all there is ("Compare these and pick one: https://…").
	 */
	materialsOf(clause: Clause): readonly Material[] {
		const loose = this.#looseTaken ? [] : this.goal.materials;
		const own = [...clause.materials, ...loose];
		if (own.length > 0) return distinct(own);
		if (this.#read.size > 0) return Array.from(this.#read.values(), ({ material }) => material);
		return distinct([...this.goal.materials, ...this.goal.clauses.flatMap(({ materials }) => materials)]);
	}

	/** Whether a clause names documents that nothing before it was about. */
	bringsMore(clause: Clause): boolean {
		return clause.materials.some((material) => !this.#read.has(materialKey(material)));
	}

	/** Plans the reading of documents and gives references to them; `essential` says whether the plan needs every one. */
	documents(materials: readonly Material[], essential: boolean): Json[] {
		this.#looseTaken = true;
		return materials.map((material) => {
			const key = materialKey(material);
			const known = this.#read.get(key);
			if (known !== undefined) return known.document;
			const document = this.#readStep(material, essential);
			this.#read.set(key, { material, document });
			return document;
		});
	}

	/** Adds a step that makes a result; a number is added to its id when it is taken. */
	add(step: NewStep, by: string): StepId {
		const stepId = this.#push(step, true);
		this.#last = { stepId, by };
		return stepId;
	}

	/** Adds a step that is needed and is no result. */
	addAside(step: NewStep): StepId {
		return this.#push(step, true);
	}

	/** Adds a step on the way to a result that may come to nothing: what builds on it goes on with the rest. */
	addQuietly(step: NewStep): StepId {
		return this.#push(step, false);
	}

	/** Steps whose output is what the person said when asked on the way. */
	get asked(): readonly StepId[] {
		return this.#asked;
	}

	/** Adds a step that asks the person, after what it is about; `tells` says whether the answer is material to write from. */
	addQuestion(step: NewStep, tells: boolean): StepId {
		const stepId = this.#push(step, true);
		const last = this.#last;
		if (last !== undefined) {
			this.#change(stepId, (step) => ({ ...step, dependsOn: [...step.dependsOn, last.stepId] }));
		}
		if (tells) this.#asked.push(stepId);
		return stepId;
	}

	/** Makes what is added from now on wait for a step, and for its answer if `when` says so. */
	waitFor(stepId: StepId, when?: When): void {
		this.#gate = { stepId, ...(when === undefined ? {} : { when }) };
	}

	/** Changes the input of a step that was added before: a later clause said more about the same thing. */
	amend(stepId: StepId, change: (input: JsonObject) => JsonObject): void {
		this.#change(stepId, (step) => ({ ...step, input: change(step.input as JsonObject) }));
	}

	/** Makes the latest result another pattern's, under another title. */
	takeOver(last: Result, by: string, title: string): void {
		this.#change(last.stepId, (step) => ({ ...step, title }));
		this.#last = { stepId: last.stepId, by };
	}

	#change(stepId: StepId, change: (step: PlanStep) => PlanStep): void {
		const index = this.#steps.findIndex((step) => step.id === stepId);
		const step = this.#steps[index];
		if (step !== undefined) this.#steps[index] = change(step);
	}

	#readStep(material: Material, essential: boolean): Json {
		if (material.kind === 'text') {
			const document = { title: material.label, kind: 'text', markdown: material.text };
			return { ...document, links: [], truncated: false, warnings: [] };
		}
		const input: JsonObject = material.kind === 'url' ? { url: material.url } : { artifact: material.artifact };
		const reads = this.#steps.filter((step) => step.capability === 'web.read').length;
		const title = `Read ${material.label}`;
		const stepId = this.#push({ id: `read-${reads + 1}`, title, capability: 'web.read', input }, essential);
		return { $from: stepId };
	}

	#push({ id, title, capability, input, forEach }: NewStep, essential: boolean): StepId {
		const taken = new Set<string>(this.#steps.map((step) => step.id));
		let free = id;
		for (let number = 2; taken.has(free); number++) free = `${id}-${number}`;
		const stepId = asStepId(free);
		const gate = this.#gate;
		this.#steps.push({
			id: stepId,
			title: shortened(title, MAX_TITLE),
			capability,
			input,
			dependsOn: gate === undefined ? [] : [gate.stepId],
			essential,
			...(forEach === undefined ? {} : { forEach }),
			...(gate?.when === undefined ? {} : { when: gate.when }),
		});
		return stepId;
	}
}

function distinct(materials: readonly Material[]): Material[] {
	return [...new Map(materials.map((material) => [materialKey(material), material])).values()];
}
