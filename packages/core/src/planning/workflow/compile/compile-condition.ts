import type { Json, JsonObject } from '../../../domain/json.ts';
import type { PlanStep, When } from '../../../domain/task/plan.ts';
import { isReference, parseReference } from '../../../domain/task/references.ts';
import { evaluate } from '../expression/evaluate-expression.ts';
import { type Expression, parseExpression } from '../expression/parse-expression.ts';
import type { WorkflowPath } from '../found-problem.ts';
import { type Compilation, knownValues, readKnown, shortened } from './compilation.ts';
import { conditionStep } from './computing.ts';
import { along, type Scope } from './scope.ts';

/** Condition is a condition as a plan has it, with the step that works it out where a plan cannot. */
export interface Condition {
	readonly when: When;
	readonly aux: readonly PlanStep[];
}

/** ALWAYS and NEVER are conditions whose outcome is known before the run. */
export const ALWAYS: When = { all: [] };
export const NEVER: When = { any: [] };

export interface ConditionTools {
	readonly compilation: Compilation;
	readonly scope: Scope;
	/** The id for a step that works it out. */
	readonly makeId: () => ReturnType<Compilation['ids']['make']>;
}

/**
 * compileCondition makes a condition of a plan from an expression. It does not hold where it looks at something that is not there: a
 * step that was skipped, a field that a step did not give. Undefined once it has said what is wrong.
 */
export function compileCondition(tools: ConditionTools, text: string, place: WorkflowPath): Condition | undefined {
	const bare = withoutMarks(text);
	const expression = readKnown(tools.compilation, tools.scope, { text: bare.text, place, offset: bare.offset });
	if (expression === undefined) return undefined;
	const values = knownValues(tools.compilation, tools.scope, expression);
	if (values !== undefined) return outcome(tools, expression, values, place);
	const when = testOf(tools, expression);
	if (when !== undefined) return { when, aux: [] };
	const id = tools.makeId();
	return { when: { path: id, op: 'equals', value: true }, aux: [conditionStep(id, expression, tools.scope)] };
}

/** negated holds where a condition does not. */
export function negated(when: When): When {
	if ('all' in when) return { any: when.all.map(negated) };
	if ('any' in when) return { all: when.any.map(negated) };
	const { not, ...test } = when;
	return not === true ? test : { ...test, not: true };
}

/** both holds where all of them do. */
export function both(...conditions: readonly (When | undefined)[]): When | undefined {
	const all = conditions.filter((when) => when !== undefined).flatMap((when) => ('all' in when ? when.all : [when]));
	if (conditions.every((when) => when === undefined)) return undefined;
	const [only] = all;
	return all.length === 1 ? only : { all };
}

/** People write `${…}` around a condition, too. */
function withoutMarks(text: string): { readonly text: string; readonly offset: number } {
	const found = /^(\s*\$\{)([\s\S]*)\}\s*$/.exec(text);
	return found === null ? { text, offset: 0 } : { text: found[2] ?? '', offset: found[1]?.length ?? 0 };
}

function outcome(
	{ compilation }: ConditionTools,
	expression: Expression,
	values: JsonObject,
	place: WorkflowPath,
): Condition | undefined {
	const found = evaluate(expression, values);
	if (!found.ok && found.missing) return { when: NEVER, aux: [] };
	if (found.ok && typeof found.value === 'boolean') return { when: found.value ? ALWAYS : NEVER, aux: [] };
	const why = found.ok ? `it gives ${shortened(JSON.stringify(found.value))}, not true or false` : found.message;
	compilation.problems.say(place, `The condition \`${shortened(expression.text)}\` cannot be used: ${why}.`);
	return undefined;
}

/** The condition as a test of a plan, if a plan can make it exactly as CEL would. */
function testOf(tools: ConditionTools, expression: Expression): When | undefined {
	const { tree } = expression;
	switch (tree.op) {
		case '&&': {
			const parts = tree.args.map((part) => partTest(tools, part));
			return parts.every((part) => part !== undefined) ? both(...parts) : undefined;
		}
		case '||': {
			const parts = tree.args.map((part) => partTest(tools, part));
			if (!parts.every((part) => part !== undefined)) return undefined;
			// Of several steps one may have been skipped, and then the whole does not hold, whatever else is said.
			if (parts.some((part) => rootsTested(part).length === 0 && part !== NEVER)) return undefined;
			return new Set(parts.flatMap(rootsTested)).size <= 1 ? { any: parts } : undefined;
		}
		case '!_': {
			const path = testedPath(tools, tree.args);
			return path === undefined ? undefined : { path, op: 'equals', value: false };
		}
		case '==':
			return equality(tools, tree.args);
		case '<':
		case '>':
		case '<=':
		case '>=':
			return comparison(tools, tree.op, tree.args);
		default: {
			const path = testedPath(tools, tree);
			return path === undefined ? undefined : { path, op: 'equals', value: true };
		}
	}
}

type Tree = Expression['tree'];

function partTest(tools: ConditionTools, part: Tree): When | undefined {
	const expression = expressionAt(part);
	if (expression === undefined) return undefined;
	const known = knownValue(tools, part);
	if (known !== undefined) return known === true ? ALWAYS : known === false ? NEVER : undefined;
	return testOf(tools, expression);
}

function equality(tools: ConditionTools, [left, right]: readonly [Tree, Tree]): When | undefined {
	const path = testedPath(tools, left) ?? testedPath(tools, right);
	const value = knownValue(tools, testedPath(tools, left) === undefined ? left : right);
	if (path === undefined || value === undefined || (typeof value === 'object' && value !== null)) return undefined;
	return { path, op: 'equals', value };
}

const MIRRORED = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const;

function comparison(
	tools: ConditionTools,
	op: keyof typeof MIRRORED,
	[left, right]: readonly [Tree, Tree],
): When | undefined {
	const path = testedPath(tools, left);
	const mirrored = path === undefined ? MIRRORED[op] : op;
	const tested = path ?? testedPath(tools, right);
	const value = knownValue(tools, path === undefined ? left : right);
	if (tested === undefined || typeof value !== 'number') return undefined;
	const strict: When = { path: tested, op: mirrored.startsWith('<') ? 'lt' : 'gt', value };
	return mirrored.endsWith('=') ? { any: [strict, { path: tested, op: 'equals', value }] } : strict;
}

/** The path of a plan that an expression is, where a condition may look at it. */
function testedPath(tools: ConditionTools, tree: Tree): string | undefined {
	const path = expressionAt(tree)?.path;
	const from = path === undefined ? undefined : tools.scope.names.get(path.name);
	if (path === undefined || from === undefined) return undefined;
	const found = along(from, path.keys);
	if (found.kind === 'missing' || !isReference(found.value)) return undefined;
	return found.value.$from;
}

function knownValue({ compilation, scope }: ConditionTools, tree: Tree): Json | undefined {
	const expression = expressionAt(tree);
	if (expression === undefined || ![...expression.names.keys()].every((name) => scope.names.has(name)))
		return undefined;
	const values = knownValues(compilation, scope, expression);
	if (values === undefined) return undefined;
	const found = evaluate(expression, values);
	return found.ok ? found.value : undefined;
}

function expressionAt(tree: Tree): Expression | undefined {
	const read = parseExpression(tree.input.slice(tree.start, tree.end));
	return read.ok ? read.expression : undefined;
}

function rootsTested(when: When): string[] {
	if ('all' in when) return when.all.flatMap(rootsTested);
	if ('any' in when) return when.any.flatMap(rootsTested);
	return [parseReference(when.path).stepId];
}
