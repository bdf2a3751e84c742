import type { z } from 'zod';
import type { Effects } from '../domain/capability.ts';
import type { Json } from '../domain/json.ts';
import type { ICapability, RunContext } from '../ports/capability.ts';
import type { Condition } from './conditions.ts';
import type { Given, Known, Loose, Ref, RefOf } from './reference.ts';

/** Span is a time: ms, or words like `30s`, `10m`, `2h`, `1d`, `1h30m`. */
type Span = number | string;

/** Declared is what a call needs of a capability. */
export type Declared<Input, Output> = Pick<ICapability<Input, Output>, 'name' | 'input' | 'output'>;

/** StepOptions is what all steps may have. */
export interface StepOptions {
	/** What facts, the page and expressions call it; made from what it does where left out. */
	readonly id?: string | undefined;
	readonly title?: string | undefined;
	/** Left out where it does not hold: it gives null then. */
	readonly when?: Condition | undefined;
	/** It may fail without failing the workflow: it gives null then. */
	readonly optional?: boolean | undefined;
	/** The steps of the same list that come before; left out: the one before it. An empty list: nothing. */
	readonly after?: readonly RefOf<unknown>[] | undefined;
}

/** RunOptions is what steps may have that are carried out by a worker. */
export interface RunOptions extends StepOptions {
	/** Waits after the first, second, … failed attempt; the last one repeats. */
	readonly retry?: { readonly attempts: number; readonly waits?: readonly Span[] } | undefined;
	/** Of one attempt. */
	readonly timeout?: Span | undefined;
	/** May only tighten what the capability declares. */
	readonly effects?: Effects | undefined;
}

/** CallOptions is what a call of a capability may have. */
export interface CallOptions<Output> extends RunOptions {
	/** Takes back what the step did, where the workflow fails later. */
	readonly undo?: ((given: Ref<Output>) => Call) | undefined;
}

/** Call is a call that may be made later; `call(…)` makes one. */
export interface Call {
	readonly use: string;
	readonly with: unknown;
}

/** FunctionStep is a step written in TypeScript. `run` is carried out in a worker: it knows its input alone, and may run twice. */
export interface FunctionStep<Input, Output> extends RunOptions {
	readonly run: (input: Input, context: RunContext) => Output | Promise<Output>;
	/** Checks what it gives. */
	readonly output?: z.ZodType<Output> | undefined;
	/** Takes back what it did, where the workflow fails later; carried out in a worker too. */
	readonly undo?: ((given: Output, context: RunContext) => unknown) | undefined;
	/** `inline` for what is tiny and pure, and ships with Errand; a child process of its own otherwise. */
	readonly placement?: 'inline' | undefined;
}

/** Gives is what a step with options gives: null is among it where it may be left out or may fail. */
type Gives<T, Options> = Ref<
	| T
	| (Options extends { readonly optional: true } ? null : never)
	| (Options extends { readonly when: RefOf<boolean> } ? null : never)
>;

/** Callable is a workflow as others call it. */
interface Callable<Input, Output> {
	readonly definition: { readonly name: string };
	readonly input: z.ZodType<unknown, Input>;
	readonly output: z.ZodType<Output>;
}

/**
 * Flow says what a workflow does. It is called once, when the workflow is defined: what its methods return stands for values that come
 * when the workflow runs. Steps come one after the other, unless they stand in `parallel` or say what they come after.
 */
export interface Flow {
	/** A capability as a step: its declaration types input and output, its name alone gives any JSON, or what `output` says it gives. */
	use<Input, Output, const Options extends CallOptions<Output> = CallOptions<Output>>(
		capability: Declared<Input, Output>,
		input: Given<NoInfer<Input>>,
		options?: Options & CallOptions<Output>,
	): Gives<Output, Options>;
	use<Output = Json, const Options extends CallOptions<Output> = CallOptions<Output>>(
		capability: string,
		input?: Loose,
		options?: Options & CallOptions<Output> & { readonly output?: z.ZodType<Output> },
	): Gives<Output, Options>;

	/** A function as a step, as the capability `fn.<workflow>.v<version>.<id>`. `accepts` checks its input. */
	step<Accepted, Wanted, Output, const Options extends RunOptions = RunOptions>(
		id: string,
		step: Options &
			FunctionStep<Accepted, Output> & {
				readonly accepts: z.ZodType<Accepted, Wanted>;
				readonly input: Given<NoInfer<Wanted>>;
			},
	): Gives<Awaited<Output>, Options>;
	step<Input extends Loose, Output, const Options extends RunOptions = RunOptions>(
		id: string,
		step: Options & FunctionStep<Known<Input>, Output> & { readonly input: Input; readonly accepts?: undefined },
	): Gives<Awaited<Output>, Options>;

	/** Some steps as one. */
	sequence<V, const Options extends StepOptions = StepOptions>(
		body: () => V,
		options?: Options,
	): Gives<Known<V>, Options>;

	/** Branches side by side; it gives what each gave, under its name. */
	parallel<Branches extends Readonly<Record<string, () => unknown>>, const Options extends StepOptions = StepOptions>(
		branches: Branches,
		options?: Options,
	): Gives<{ [Name in keyof Branches]: Known<ReturnType<Branches[Name]>> }, Options>;

	/** One of two ways; null where the condition does not hold and there is no other. */
	when<V, W = null>(condition: Condition, then: () => V, otherwise?: () => W): Ref<Known<V> | Known<W>>;

	/** The same for each element of a list, side by side; it gives the list of what they gave. */
	each<T, V, const Options extends StepOptions = StepOptions>(
		list: RefOf<readonly T[]>,
		body: (element: Ref<T>) => V,
		options?: Options & { readonly as?: string; readonly max?: number },
	): Gives<Known<V>[], Options>;

	/**
	 * The same again and again, until a condition about what it gave holds. `previous` is what the time before gave, and `first` the
	 * first time. At `max` it fails, unless it is to go on with what the last time gave.
	 */
	loop<First extends Loose, const Options extends StepOptions = StepOptions>(
		options: Options & LoopOptions & { readonly first: First },
		body: (previous: Ref<Known<First>>) => Given<Known<First>>,
		until: (given: Ref<Known<First>>) => Condition,
	): Gives<Known<First>, Options>;
	loop<V, const Options extends StepOptions = StepOptions>(
		options: Options & LoopOptions & { readonly first?: undefined },
		body: () => V,
		until: (given: Ref<Known<V>>) => Condition,
	): Gives<Known<V>, Options>;

	/** Another workflow as one step. */
	workflow<Input, Output, const Options extends StepOptions = StepOptions>(
		workflow: Callable<Input, Output>,
		input: Given<NoInfer<Input>>,
		options?: Options,
	): Gives<Output, Options>;
	workflow<Output = Json, const Options extends StepOptions = StepOptions>(
		workflow: string,
		input?: Loose,
		options?: Options & { readonly output?: z.ZodType<Output> },
	): Gives<Output, Options>;

	/** Nothing, for a time or until one (ISO 8601). */
	wait(time: Span | RefOf<string | number> | { readonly until: Given<string> }, options?: StepOptions): void;

	/** Waits until somebody sends the task an event of that name; it gives its data. */
	event<T = Json, const Options extends StepOptions & EventOptions = StepOptions & EventOptions>(
		name: string,
		options?: Options & { readonly data?: z.ZodType<T> },
	): Gives<T | (Options extends { readonly otherwise: 'go-on' } ? null : never), Options>;

	/** Asks the person; it gives their answer. */
	ask<const Options extends StepOptions = StepOptions>(
		question: Given<string>,
		options?: Options & { readonly kind?: 'text' | 'choice' | 'approval'; readonly choices?: readonly string[] },
	): Gives<string, Options>;

	/** A value that is worked out from others. */
	value<V extends Loose, const Options extends StepOptions = StepOptions>(
		value: V,
		options?: Options,
	): Gives<Known<V>, Options>;
}

/** LoopOptions bound a loop. */
export interface LoopOptions {
	readonly max: number;
	/** Between one time and the next. */
	readonly wait?: Span | undefined;
	/** At the bound; `fail` where left out. */
	readonly otherwise?: 'fail' | 'go-on' | undefined;
}

/** EventOptions say how long an event is waited for, and what then; `fail` where left out. */
export interface EventOptions {
	readonly timeout?: Span | undefined;
	readonly otherwise?: 'fail' | 'go-on' | undefined;
}

/** call is a call that is made later: what takes back what a step did. */
export function call<Input, Output>(capability: Declared<Input, Output>, input: Given<NoInfer<Input>>): Call;
export function call(capability: string, input?: Loose): Call;
export function call(capability: string | { readonly name: string }, input?: unknown): Call {
	return { use: typeof capability === 'string' ? capability : capability.name, with: input };
}
