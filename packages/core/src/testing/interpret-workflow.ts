import type { Json } from '../domain/json.ts';
import type { WorkflowDefinition, WorkflowStep } from '../domain/workflow/definition.ts';
import { evaluateText } from '../planning/workflow/expression/evaluate-expression.ts';
import { parseExpression } from '../planning/workflow/expression/parse-expression.ts';
import { fillTemplate } from '../planning/workflow/expression/template.ts';
import { namesInTemplate, namesUsed } from '../planning/workflow/names-used.ts';
import type { Library } from '../ports/workflow-language.ts';

/** InterpreterTools are what a definition needs from outside; `call` carries out a capability. */
export interface InterpreterTools {
	readonly library: Library;
	readonly call: (capability: string, input: Json) => Json;
	/** Told of each call's step as it is made, in order. */
	readonly onStep?: (path: string) => void;
}

/** A step that was skipped gives nothing. */
const SKIPPED = Symbol('skipped');
type Given = Json | typeof SKIPPED;
type Names = ReadonlyMap<string, Given>;

/** interpretWorkflow walks a definition in memory, step by step: what a run of its plan has to come to. Undefined: its last step was skipped. */
export function interpretWorkflow(
	definition: WorkflowDefinition,
	input: Json,
	tools: InterpreterTools,
): Json | undefined {
	const list = runList(
		definition.steps,
		new Map([
			['input', input],
			['kept', null],
		]),
		false,
		tools,
	);
	const given = definition.result === undefined ? (list.given.at(-1) ?? null) : filled(definition.result, list.names);
	return given === SKIPPED ? undefined : given;
}

function runList(list: readonly WorkflowStep[], outer: Names, parallel: boolean, tools: InterpreterTools) {
	const names = new Map<string, Given>(outer);
	const done = new Map<number, Given>();
	const run = (index: number): void => {
		const step = list[index];
		if (step === undefined || done.has(index)) return;
		const before = step.after?.map((id) => list.findIndex((other) => other.id === id)) ?? (parallel ? [] : [index - 1]);
		const looked = [...namesUsed(step)].map((name) => list.findIndex((other) => other.id === name));
		for (const other of [...before, ...looked]) if (other !== index) run(other);
		const given = runStep(step, names, tools);
		done.set(index, given);
		if (step.id !== undefined) names.set(step.id, given);
	};
	for (const index of list.keys()) run(index);
	return { names, given: list.map((_, index) => done.get(index) ?? null) };
}

function runStep(step: WorkflowStep, names: Names, tools: InterpreterTools): Given {
	if (step.when !== undefined && !holds(step.when, names)) return SKIPPED;
	if ('use' in step) {
		if (!('each' in step)) return call(step.use, step.with ?? {}, names, tools);
		return overList(step, names, (inner) => call(step.use, step.with ?? {}, inner, tools));
	}
	if ('each' in step) return overList(step, names, (inner) => part(step, inner, tools));
	if ('loop' in step) return runLoop(step, names, tools);
	if ('parallel' in step) return side(step, names, tools);
	if ('choose' in step) {
		const branch = step.choose.find(({ when }) => when === undefined || holds(when, names));
		return branch === undefined ? SKIPPED : part(branch, names, tools);
	}
	if ('workflow' in step) {
		const definition = tools.library(step.workflow);
		const input = filled(step.with ?? {}, names);
		if (definition === undefined) throw new Error(`There is no workflow ${step.workflow}.`);
		return input === SKIPPED ? SKIPPED : (interpretWorkflow(definition, input, tools) ?? null);
	}
	if ('wait' in step) return null;
	if ('ask' in step) throw new Error('Nobody is there to answer.');
	if ('let' in step) return filled(step.let, names);
	return part(step, names, tools);
}

type Part = { readonly steps: readonly WorkflowStep[]; readonly gives?: Json | undefined };

function part({ steps, gives }: Part, names: Names, tools: InterpreterTools): Json {
	const list = runList(steps, names, false, tools);
	const given = gives === undefined ? (list.given.at(-1) ?? null) : filled(gives, list.names);
	return given === SKIPPED ? null : given;
}

function side(
	{ parallel, gives }: Extract<WorkflowStep, { parallel: unknown }>,
	names: Names,
	tools: InterpreterTools,
): Json {
	const list = runList(parallel, names, true, tools);
	if (gives === undefined) {
		const ran = list.given.filter((given) => given !== SKIPPED);
		return ran.length === 0 ? null : ran;
	}
	const given = filled(gives, list.names);
	return given === SKIPPED ? null : given;
}

function overList(
	{
		each,
		as = 'item',
		max = 500,
	}: { readonly each: string; readonly as?: string | undefined; readonly max?: number | undefined },
	names: Names,
	run: (names: Names) => Given,
): Given {
	const list = filled(`\${${each}}`, names);
	if (list === SKIPPED) return SKIPPED;
	if (!Array.isArray(list)) throw new Error(`${each} is no list.`);
	const given = list.slice(0, max).map((element: Json) => run(new Map([...names, [as, element]])));
	return given.filter((one) => one !== SKIPPED);
}

function runLoop(step: Extract<WorkflowStep, { loop: unknown }>, names: Names, tools: InterpreterTools): Given {
	const { until, max, first = null, otherwise } = step.loop;
	const begins = filled(first, names);
	if (begins === SKIPPED) return SKIPPED;
	let previous: Json = begins;
	for (let round = 1; round <= max; round++) {
		const inner = new Map<string, Given>([...names, ['previous', previous]]);
		const list = runList(step.steps, inner, false, tools);
		const given = step.gives === undefined ? (list.given.at(-1) ?? null) : filled(step.gives, list.names);
		previous = given === SKIPPED ? null : given;
		if (holds(until, list.names)) return previous;
	}
	if (otherwise === 'go-on') return previous;
	throw new Error('A loop came to its bound.');
}

function call(capability: string, template: Json, names: Names, tools: InterpreterTools): Given {
	const input = filled(template, names);
	return input === SKIPPED ? SKIPPED : tools.call(capability, input);
}

function filled(template: Json, names: Names): Given {
	if ([...namesInTemplate(template)].some((name) => names.get(name) === SKIPPED)) return SKIPPED;
	const found = fillTemplate(template, known(names));
	if (!found.ok) throw new Error(`${found.expression}: ${found.message}`);
	return found.value;
}

function holds(text: string, names: Names): boolean {
	const read = parseExpression(text);
	if (read.ok && [...read.expression.names.keys()].some((name) => names.get(name) === SKIPPED)) return false;
	const found = evaluateText(text, known(names));
	if (found.ok) return found.value === true;
	if (found.missing) return false;
	throw new Error(`${text}: ${found.message}`);
}

function known(names: Names): Record<string, Json> {
	return Object.fromEntries([...names].filter((entry): entry is [string, Json] => entry[1] !== SKIPPED));
}
