import type { z } from 'zod';
import { CoreError } from '../domain/errors.ts';
import type { WorkflowStep } from '../domain/workflow/definition.ts';
import { functionStepName } from '../domain/workflow/function-steps.ts';
import type { ICapability } from '../ports/capability.ts';
import type { Condition } from './conditions.ts';
import { expressionOf } from './expression.ts';
import type { Call, CallOptions, EventOptions, FunctionStep, LoopOptions, RunOptions, StepOptions } from './flow.ts';
import { functionCapability } from './function-step.ts';
import type { Recorder, StepList } from './recorder.ts';
import type { Ref, RefOf } from './reference.ts';
import { conditionOf, templateOf } from './template.ts';

type Body = (element: Ref<unknown>) => unknown;
type AnyStep = FunctionStep<unknown, unknown> & { readonly input: unknown; readonly accepts?: z.ZodType };

/** FlowRecorder writes down what a Flow is told; its methods are those of Flow without their types. */
export class FlowRecorder {
	readonly #recorder: Recorder;
	readonly #version: number;
	readonly #capabilities: ICapability[] = [];
	/** Steps that say what others gave or null, by how references to that are written. */
	readonly #perhaps = new Map<string, string>();

	constructor(recorder: Recorder, version: number) {
		this.#recorder = recorder;
		this.#version = version;
	}

	get capabilities(): readonly ICapability[] {
		return this.#capabilities;
	}

	use(capability: string | { readonly name: string }, input: unknown, options: CallOptions<unknown> = {}) {
		const use = nameOf(capability);
		return this.#call({ use, with: input }, options, use.split('.').at(-1) ?? use, options.undo);
	}

	step(id: string, step: AnyStep) {
		const { run, accepts, output, input, undo, placement, effects } = step;
		const name = this.#recorder.nameOf(id, id);
		const members = isRecord(input) ? Object.keys(input).filter((key) => input[key] !== undefined) : undefined;
		const draft = { workflow: this.#recorder.workflow, version: this.#version, placement, effects };
		const title = step.title ?? id;
		const use = this.#functionName(name);
		this.#capabilities.push(functionCapability({ ...draft, step: name, title, accepts, members, output, run }));
		if (undo === undefined) return this.#call({ use, with: input }, { ...step, id: undefined }, name, undefined, name);
		const undoing = this.#recorder.nameFor(`${name}_undo`);
		const undone = { step: undoing, title: `Undo: ${title}`, members: ['given'] };
		const takeBack: FunctionStep<{ given: unknown }, unknown>['run'] = ({ given }, context) => undo(given, context);
		this.#capabilities.push(functionCapability({ ...draft, ...undone, run: takeBack }));
		const back = this.#functionName(undoing);
		return this.#call(
			{ use, with: input },
			{ ...step, id: undefined },
			name,
			(given) => ({ use: back, with: { given } }),
			name,
		);
	}

	sequence(body: () => unknown, options: StepOptions = {}) {
		const id = this.#recorder.nameOf(options.id, 'sequence');
		return this.#add({ ...this.#every(id, options), ...this.#part(body) });
	}

	parallel(branches: Readonly<Record<string, () => unknown>>, options: StepOptions = {}) {
		const id = this.#recorder.nameOf(options.id, 'parallel');
		const scope: StepList = { parent: this.#recorder.scope, steps: [] };
		const gives = this.#recorder.within(scope, () => {
			const given = Object.entries(branches).map(([name, branch]) => [name, this.#branch(name, branch)]);
			return templateOf(Object.fromEntries(given), this.#recorder);
		});
		return this.#add({ ...this.#every(id, options), parallel: this.#some(scope.steps), gives });
	}

	when(condition: Condition, then: () => unknown, otherwise?: () => unknown) {
		const id = this.#recorder.nameFor('when');
		let gives = false;
		const watched = () => {
			const given = then();
			gives = given !== undefined;
			return given;
		};
		const first = { when: conditionOf(condition, this.#recorder), ...this.#part(watched) };
		// Without another way, whoever uses what it gives would be left out with it.
		const last = otherwise ?? (gives ? () => this.value(null) : undefined);
		return this.#add({ id, choose: [first, ...(last === undefined ? [] : [this.#part(last)])] });
	}

	each(list: RefOf<unknown>, body: Body, options: StepOptions & { as?: string; max?: number } = {}) {
		const id = this.#recorder.nameOf(options.id, 'each');
		const as = this.#recorder.nameOf(options.as, 'element');
		const over = {
			...this.#every(id, options),
			each: conditionOf(list, this.#recorder),
			as,
			...(options.max === undefined ? {} : { max: options.max }),
		};
		const part = this.#part(() => body(this.#recorder.ref(as)));
		const only = callAlone(part);
		return this.#add(only === undefined ? { ...over, ...part } : { ...only, ...over });
	}

	loop(
		options: StepOptions & LoopOptions & { first?: unknown },
		body: Body,
		until: (given: Ref<unknown>) => Condition,
	) {
		const { max, wait, otherwise, first } = options;
		const id = this.#recorder.nameOf(options.id, 'repeat');
		const begin = first === undefined ? {} : { first: templateOf(first, this.#recorder) };
		const { list, given } = this.#recorder.nested(() => this.#asRef(body(this.#recorder.ref('previous'))));
		const { gives, ends } = this.#recorder.within(list, () => ({
			gives: templateOf(given, this.#recorder),
			ends: conditionOf(until(given), this.#recorder),
		}));
		const between = { ...(wait === undefined ? {} : { wait }), ...(otherwise === undefined ? {} : { otherwise }) };
		const loop = { until: ends, max, ...begin, ...between };
		return this.#add({ ...this.#every(id, options), loop, steps: this.#some(list.steps), gives });
	}

	workflow(workflow: string | { readonly definition: { readonly name: string } }, input: unknown, options = {}) {
		const name = typeof workflow === 'string' ? workflow : workflow.definition.name;
		const { id: wanted }: StepOptions = options;
		const id = this.#recorder.nameOf(wanted, name);
		return this.#add({ ...this.#every(id, options), workflow: name, ...this.#with(input) });
	}

	wait(time: unknown, options: StepOptions = {}): void {
		const id = this.#recorder.nameOf(options.id, 'wait');
		this.#add({ ...this.#every(id, options), wait: templateOf(time, this.#recorder) as string });
	}

	event(name: string, options: StepOptions & EventOptions = {}) {
		const id = this.#recorder.nameOf(options.id, name);
		const { timeout, otherwise } = options;
		const bounds = { ...(timeout === undefined ? {} : { timeout }), ...(otherwise === undefined ? {} : { otherwise }) };
		return this.#add({ ...this.#every(id, options), wait: { event: name, ...bounds } });
	}

	ask(
		asked: unknown,
		options: StepOptions & { kind?: 'text' | 'choice' | 'approval'; choices?: readonly string[] } = {},
	) {
		const id = this.#recorder.nameOf(options.id, 'ask');
		const question = templateOf(asked, this.#recorder) as string;
		const { choices, kind = choices === undefined ? undefined : 'choice' } = options;
		const more = { ...(kind === undefined ? {} : { kind }), ...(choices === undefined ? {} : { choices }) };
		return this.#add({ ...this.#every(id, options), ask: kind === undefined ? question : { question, ...more } });
	}

	value(value: unknown, options: StepOptions = {}) {
		const id = this.#recorder.nameOf(options.id, 'value');
		return this.#add({ ...this.#every(id, options), let: templateOf(value, this.#recorder) });
	}

	#call(
		call: Call,
		options: RunOptions,
		base: string,
		undo: ((given: Ref<unknown>) => Call) | undefined,
		taken?: string,
	): Ref<unknown> {
		const id = taken ?? this.#recorder.nameOf(options.id, base);
		const { retry, timeout, effects } = options;
		const back = undo?.(this.#recorder.ref(id));
		return this.#add({
			...this.#every(id, options),
			use: call.use,
			...this.#with(call.with),
			...(retry === undefined ? {} : { retry }),
			...(timeout === undefined ? {} : { timeout }),
			...(effects === undefined ? {} : { effects }),
			...(back === undefined ? {} : { undo: { use: back.use, ...this.#with(back.with) } }),
		});
	}

	/** Plans hold names of capabilities up to a length. */
	#functionName(step: string): string {
		const name = functionStepName(this.#recorder.workflow, this.#version, step);
		if (name.length <= MAX_CAPABILITY_NAME) return name;
		const hint = 'Give the workflow or the step a shorter name.';
		throw this.#wrong(`"${name}" is too long for the name of a capability (at most ${MAX_CAPABILITY_NAME})`, hint);
	}

	/** What is left out or failed gives nothing, and whoever uses that would be left out with it: a list leaves out only what is not there. */
	#add(step: WorkflowStep & { readonly id: string }): Ref<unknown> {
		const given: Ref<unknown> = this.#recorder.add(step);
		if (step.when === undefined && step.optional !== true) return given;
		const id = this.#recorder.nameFor(`${step.id}_or_null`);
		const title = `${step.title ?? step.id}, or nothing`;
		const both: Ref<unknown[]> = this.#recorder.add({ id, title, let: templateOf([given, null], this.#recorder) });
		const perhaps = both.at(0);
		this.#perhaps.set(celBehind(perhaps), id);
		return perhaps;
	}

	#with(input: unknown): { with?: z.core.util.JSONType } {
		return input === undefined ? {} : { with: templateOf(input, this.#recorder) };
	}

	#every(id: string, { title, when, optional, after }: StepOptions) {
		return {
			id,
			...(title === undefined ? {} : { title }),
			...(after === undefined ? {} : { after: after.map((step) => this.#idOf(step)) }),
			...(when === undefined ? {} : { when: conditionOf(when, this.#recorder) }),
			...(optional === undefined ? {} : { optional }),
		};
	}

	/** The id of a step of the list that is being written. */
	#idOf(step: RefOf<unknown>): string {
		const cel = celBehind(step);
		const wanted = this.#perhaps.get(cel) ?? cel;
		if (this.#recorder.steps.some(({ id }) => id === wanted)) return wanted;
		throw this.#wrong(
			`"${cel}" is no step of the list in which another comes after it`,
			'Name what a step before it gave.',
		);
	}

	/** Some steps, and what they give. */
	#part(body: () => unknown) {
		const { list, given } = this.#recorder.nested(() => {
			const made = body();
			// What makes no step gives a value all the same.
			return this.#recorder.steps.length === 0 && made !== undefined ? this.value(made) : made;
		});
		const gives = this.#recorder.within(list, () => templateOf(given ?? null, this.#recorder));
		return { steps: this.#some(list.steps), gives };
	}

	/** One of the branches of the list that is being written: a step of its own, where one is enough. */
	#branch(name: string, branch: () => unknown): unknown {
		const before = this.#recorder.steps.length;
		const given = branch();
		if (this.#recorder.steps.length === before + 1) return given ?? null;
		const steps = this.#recorder.takeFrom(before);
		if (steps.length === 0) return this.value(given ?? null, { title: name });
		return this.#add({ id: this.#recorder.nameFor(name), steps, gives: templateOf(given ?? null, this.#recorder) });
	}

	/** What a body gives, as something that one of its steps gave. */
	#asRef(given: unknown): Ref<unknown> {
		return expressionOf(given) === undefined ? this.value(given ?? null) : (given as Ref<unknown>);
	}

	#some(steps: readonly WorkflowStep[]): readonly WorkflowStep[] {
		if (steps.length > 0) return steps;
		throw this.#wrong('a part is without steps', 'Let each function that you give to the flow make a step.');
	}

	#wrong(what: string, hint: string): CoreError {
		return new CoreError('invalid-workflow', `In the workflow "${this.#recorder.workflow}", ${what}.`, { hint });
	}
}

const MAX_CAPABILITY_NAME = 100;

/** The call that a part is, where it is nothing else. */
function callAlone({ steps, gives }: { steps: readonly WorkflowStep[]; gives: unknown }) {
	const [step, ...others] = steps;
	if (step === undefined || others.length > 0 || !('use' in step) || 'each' in step) return undefined;
	const isPlain = step.when === undefined && step.optional === undefined && step.undo === undefined;
	return isPlain && gives === `\${${step.id}}` ? step : undefined;
}

function celBehind(step: RefOf<unknown>): string {
	return expressionOf(step)?.cel ?? '';
}

function nameOf(capability: string | { readonly name: string }): string {
	return typeof capability === 'string' ? capability : capability.name;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
