import { CoreError } from '../domain/errors.ts';
import type { WorkflowStep } from '../domain/workflow/definition.ts';
import { type Build, CEL_WORDS, type Expression, refTo, type Scope } from './expression.ts';
import type { Ref } from './reference.ts';

/** StepList is the list of steps that is being written, and who stands in it already. */
export interface StepList extends Scope {
	readonly parent: Scope | undefined;
	readonly steps: WorkflowStep[];
}

/** Recorder keeps what a workflow's builder says: lists of steps within each other, and the names that are taken. */
export class Recorder implements Build {
	readonly workflow: string;
	#open = true;
	#scope: Scope;
	#list: StepList;
	readonly #names = new Set<string>();
	readonly #marked: Expression[] = [];

	constructor(workflow: string) {
		this.workflow = workflow;
		this.#list = { parent: undefined, steps: [] };
		this.#scope = this.#list;
	}

	get open(): boolean {
		return this.#open;
	}

	get scope(): Scope {
		return this.#scope;
	}

	get steps(): readonly WorkflowStep[] {
		return this.#list.steps;
	}

	close(): void {
		this.#open = false;
	}

	/** Adds a step to the list that is being written; what it gives. */
	add<T>(step: WorkflowStep & { readonly id: string }): Ref<T> {
		this.#list.steps.push(step);
		return this.ref(step.id, this.#list);
	}

	/** Takes the steps from a place on off the list that is being written. */
	takeFrom(place: number): WorkflowStep[] {
		return this.#list.steps.splice(place);
	}

	ref<T>(name: string, scope: Scope = this.#scope): Ref<T> {
		return refTo<T>({ cel: name, scopes: [scope], build: this, atom: true });
	}

	/** Writes a list of steps inside of a step. */
	nested<T>(body: () => T): { readonly list: StepList; readonly given: T } {
		const list: StepList = { parent: this.#scope, steps: [] };
		const outer = this.#list;
		this.#list = list;
		try {
			return { list, given: this.inside(list, body) };
		} finally {
			this.#list = outer;
		}
	}

	inside<T>(scope: Scope, work: () => T): T {
		const outer = this.#scope;
		this.#scope = scope;
		try {
			return work();
		} finally {
			this.#scope = outer;
		}
	}

	/** Goes on in a list that was written before. */
	within<T>(list: StepList, work: () => T): T {
		const outer = this.#list;
		this.#list = list;
		try {
			return this.inside(list, work);
		} finally {
			this.#list = outer;
		}
	}

	nameFor(base: string): string {
		const name = base
			.replaceAll(/\W/g, '_')
			.replace(/^(?=[^a-z])/i, 'step_')
			.slice(0, MAX_NAME);
		const isFree = (one: string) => !this.#names.has(one) && !CEL_WORDS.has(one);
		if (isFree(name)) return this.#take(name);
		for (let n = 2; ; n++) {
			const numbered = `${name}_${n}`;
			if (isFree(numbered)) return this.#take(numbered);
		}
	}

	/** A name that the author chose. */
	nameOf(wanted: string | undefined, base: string): string {
		if (wanted === undefined) return this.nameFor(base);
		const problem = !NAME.test(wanted)
			? 'is no name for a step: a letter, then letters, digits and _ only, at most 48'
			: CEL_WORDS.has(wanted)
				? 'is a word that expressions use for something else'
				: this.#names.has(wanted)
					? 'is there twice'
					: undefined;
		if (problem === undefined) return this.#take(wanted);
		throw new CoreError('invalid-workflow', `In the workflow "${this.workflow}", "${wanted}" ${problem}.`, {
			hint: 'Give the step another id.',
		});
	}

	mark(expression: Expression): string {
		this.#marked.push(expression);
		return `\uE000${this.workflow}:${this.#marked.length - 1}\uE001`;
	}

	marked(mark: string): Expression {
		const [workflow, at] = mark.split(':');
		const expression = workflow === this.workflow ? this.#marked[Number(at)] : undefined;
		if (expression !== undefined) return expression;
		throw new CoreError('invalid-workflow', `The workflow "${this.workflow}" uses what is of "${workflow}".`, {
			hint: 'Call one from the other with flow.workflow(…), and use what it gives.',
		});
	}

	#take(name: string): string {
		this.#names.add(name);
		return name;
	}
}

const NAME = /^[a-z]\w{0,47}$/i;
/** Leaves room for a number behind it. */
const MAX_NAME = 43;
