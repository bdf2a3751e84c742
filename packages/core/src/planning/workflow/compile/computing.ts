import type { StepId } from '../../../domain/ids.ts';
import type { Json, JsonObject } from '../../../domain/json.ts';
import type { PlanStep } from '../../../domain/task/plan.ts';
import type { Expression } from '../expression/parse-expression.ts';
import { pickFields, rootsOf, type Scope } from './scope.ts';

/** VALUE_COMPUTE is the capability that works out expressions while a workflow runs. */
export const VALUE_COMPUTE = 'value.compute';

/** Computing gathers what one step needs worked out before it, so that it becomes one step. */
export class Computing {
	readonly #scope: Scope;
	readonly #makeId: () => StepId;
	readonly #leaves: Json[] = [];
	readonly #fields = new Map<string, Set<string> | undefined>();
	#id: StepId | undefined;

	constructor(scope: Scope, makeId: () => StepId) {
		this.#scope = scope;
		this.#makeId = makeId;
	}

	get isEmpty(): boolean {
		return this.#leaves.length === 0;
	}

	/** Has a text with expressions worked out; the reference to what it gives. */
	add(leaf: string, expressions: readonly Expression[]): Json {
		this.#id ??= this.#makeId();
		for (const { names } of expressions) for (const [name, use] of names) this.#use(name, use.fields);
		this.#leaves.push(leaf);
		return { $from: `${this.#id}.${this.#leaves.length - 1}` };
	}

	/** The roots of all that is looked at. */
	roots(): ReadonlySet<string> {
		return new Set(rootsOf(this.#values()));
	}

	/** The step that works it all out. */
	step(title: string, change: Partial<PlanStep> = {}): PlanStep | undefined {
		if (this.#id === undefined) return undefined;
		return computeStep(this.#id, title, { template: this.#leaves, values: this.#values() }, change);
	}

	/** The step that gives the one value to be worked out itself; undefined where there are several. */
	only(id: StepId, title: string, value: Json, change: Partial<PlanStep>): PlanStep | undefined {
		const [leaf = null] = this.#leaves;
		const whole = this.#leaves.length === 1 && JSON.stringify(value) === JSON.stringify({ $from: `${this.#id}.0` });
		return whole ? computeStep(id, title, { template: leaf, values: this.#values() }, change) : undefined;
	}

	#use(name: string, fields: ReadonlySet<string> | undefined): void {
		if (!this.#scope.names.has(name)) return;
		if (!this.#fields.has(name)) this.#fields.set(name, fields === undefined ? undefined : new Set(fields));
		else if (fields === undefined) this.#fields.set(name, undefined);
		else for (const field of fields) this.#fields.get(name)?.add(field);
	}

	#values(): JsonObject {
		const entries = [...this.#fields].map(([name, fields]) => [
			name,
			pickFields(this.#scope.names.get(name) ?? null, fields),
		]);
		return Object.fromEntries(entries);
	}
}

/** conditionStep works out a condition: true or false, and false where it looks at what is not there. */
export function conditionStep(
	id: StepId,
	expression: Expression,
	scope: Scope,
	change: Partial<PlanStep> = {},
): PlanStep {
	const used = [...expression.names].filter(([name]) => scope.names.has(name));
	const values = used.map(([name, use]) => [name, pickFields(scope.names.get(name) ?? null, use.fields)]);
	const input = { expression: expression.text, values: Object.fromEntries(values), condition: true };
	return computeStep(id, 'Look at a condition', input, change);
}

function computeStep(id: StepId, title: string, input: JsonObject, change: Partial<PlanStep>): PlanStep {
	return { id, title, capability: VALUE_COMPUTE, input, dependsOn: [], essential: true, ...change };
}
