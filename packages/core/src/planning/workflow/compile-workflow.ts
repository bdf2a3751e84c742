import { isJsonObject, type Json } from '../../domain/json.ts';
import { PLAN_LIMITS, type PlanStep } from '../../domain/task/plan.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import type { Library } from '../../ports/workflow-language.ts';
import { checkWorkflowInput, closedParameters } from './check-workflow-input.ts';
import type { Compilation, ReferenceUse } from './compile/compilation.ts';
import { withGives } from './compile/compile-flow.ts';
import { compileList } from './compile/compile-list.ts';
import { PlanIds } from './compile/plan-ids.ts';
import { Room, sizeOf } from './compile/room.ts';
import { type FoundProblem, ProblemList, type WorkflowPath } from './found-problem.ts';

export interface CompileOptions {
	readonly input: Json;
	readonly library: Library;
	/** What the run before left; null the first time. */
	readonly kept?: Json | undefined;
	/** Where untrusted content in that comes from: then a step gives it, marked so. */
	readonly keptOrigins?: readonly string[] | undefined;
}
export type Compiled =
	| { readonly ok: true; readonly steps: readonly PlanStep[]; readonly places: ReadonlyMap<string, WorkflowPath> }
	| { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

/** Kept by one run for the next. */
const MAX_KEPT = 256_000;

/**
 * compileWorkflow makes the plan of one run of a workflow. What depends on the input alone is worked out here; what depends on steps
 * is left to references, conditions, and steps that work it out. The last step gives what the workflow gives. Pure; never throws.
 */
export function compileWorkflow(
	definition: WorkflowDefinition,
	{ input, library, kept = null, keptOrigins = [] }: CompileOptions,
): Compiled {
	const checked = checkWorkflowInput(definition, input);
	if (!checked.ok) return checked;
	for (const [value, what] of [
		[checked.input, 'The input'],
		[kept, 'What was kept'],
	] as const) {
		if (sizeOf(value, MAX_KEPT) > MAX_KEPT) {
			return {
				ok: false,
				problems: [{ message: `${what} is larger than ${MAX_KEPT / 1_000} KB; keep large texts in files.` }],
			};
		}
		if (!holdsReference(value)) continue;
		const message = `${what} holds an object with the key \`$from\`, which plans read as a reference; call the key something else.`;
		return { ok: false, problems: [{ message }] };
	}
	const { steps, problems, places } = compilePlan(definition, { input: checked.input, kept, keptOrigins, library });
	return problems.length === 0 ? { ok: true, steps, places } : { ok: false, problems };
}

interface PlanOptions {
	readonly input: Json;
	readonly kept: Json;
	readonly keptOrigins?: readonly string[] | undefined;
	readonly library: Library | undefined;
	/** Gathers what expressions look at. */
	readonly uses?: ReferenceUse[] | undefined;
}

/** CompiledPlan is a plan with all that was found wrong, and where in the definition its steps come from. */
export interface CompiledPlan {
	readonly steps: readonly PlanStep[];
	readonly problems: readonly FoundProblem[];
	readonly places: ReadonlyMap<string, WorkflowPath>;
	/** What expressions look at, where that was asked for. */
	readonly uses: readonly ReferenceUse[];
}

/** compilePlan compiles with any input: one that is a reference stands for one that is not known. */
export function compilePlan(
	definition: WorkflowDefinition,
	{ input, kept, keptOrigins = [], library, uses }: PlanOptions,
): CompiledPlan {
	const problems = new ProblemList();
	const ids = new PlanIds();
	const places = new Map<string, WorkflowPath>();
	const before = keptStep(ids, kept, keptOrigins);
	const compilation: Compilation = {
		...(before === undefined ? {} : { kept }),
		problems,
		ids,
		room: new Room(),
		library,
		trail: [definition.name],
		places,
		uses,
		compileList,
	};
	const scope = {
		names: new Map([
			['input', input],
			['kept', before === undefined ? kept : { $from: before.id }],
		]),
		parameters: closedParameters(definition),
		inside: new Map<string, string>(),
	};
	const list = compileList(definition.steps, { compilation, scope, place: ['steps'], parallel: false });
	const made = ids.exhausted ? [] : withResult(definition, list, compilation);
	const steps = before === undefined ? made : [before, ...made];
	const { maxSteps, maxDepth } = PLAN_LIMITS;
	const count = countOf(steps);
	if (ids.exhausted || count > maxSteps)
		problems.say([], `It comes to more than ${maxSteps} steps of a plan, with what workflows in it bring along.`);
	else if (depthOf(steps) > maxDepth) problems.say([], `Its steps are inside each other more than ${maxDepth} deep.`);
	return { steps, problems: problems.list(), places, uses: uses ?? [] };
}

/** What the run before left and is not to be trusted comes from a step, so that its origins go where it goes. */
function keptStep(ids: PlanIds, kept: Json, origins: readonly string[]): PlanStep | undefined {
	if (kept === null || origins.length === 0) return undefined;
	const id = ids.make('kept-before');
	const title = 'What the run before left';
	return { id, title, capability: 'flow.value', input: kept, dependsOn: [], essential: true, origins };
}

/** The plan, whose last step gives the result. */
function withResult(
	definition: WorkflowDefinition,
	list: ReturnType<typeof compileList>,
	compilation: Compilation,
): readonly PlanStep[] {
	const id = compilation.ids.make('result');
	const { steps, gives } = withGives(
		list,
		{ gives: definition.result, place: [], key: 'result' },
		{ compilation, scope: list.scope, id },
	);
	const last = steps.at(-1);
	if (gives === undefined || last?.id === gives) return steps;
	const result = {
		id,
		title: 'The result',
		capability: 'flow.value',
		input: { $from: gives },
		dependsOn: [gives],
		essential: true,
	};
	return [...steps, result];
}

function countOf(steps: readonly PlanStep[]): number {
	return steps.reduce((count, step) => count + 1 + countOf(step.body?.steps ?? []), 0);
}

function depthOf(steps: readonly PlanStep[]): number {
	return steps.reduce((depth, { body }) => Math.max(depth, 1 + (body === undefined ? 0 : depthOf(body.steps))), 0);
}

function holdsReference(value: Json): boolean {
	const stack: Json[] = [value];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		if (typeof top !== 'object' || top === null) continue;
		if (isJsonObject(top) && Object.hasOwn(top, '$from')) return true;
		stack.push(...(Object.values(top) as Json[]));
	}
	return false;
}
