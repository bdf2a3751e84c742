import type { StepId } from '../../../domain/ids.ts';
import type { Json, JsonObject } from '../../../domain/json.ts';
import type { PlanStep } from '../../../domain/task/plan.ts';
import { isReference } from '../../../domain/task/references.ts';
import type { WorkflowStep } from '../../../domain/workflow/definition.ts';
import type { Library } from '../../../ports/workflow-language.ts';
import { nearestName } from '../../nearest-name.ts';
import { evaluate } from '../expression/evaluate-expression.ts';
import { type Expression, parseExpression } from '../expression/parse-expression.ts';
import type { ProblemList, WorkflowPath } from '../found-problem.ts';
import type { PlanIds } from './plan-ids.ts';
import type { Room } from './room.ts';
import { along, isKnown, pickFields, type Scope } from './scope.ts';

/** Compilation is what all parts of one compilation share. */
export interface Compilation {
	readonly problems: ProblemList;
	readonly ids: PlanIds;
	readonly room: Room;
	/** What the run before left, where a step of the plan gives it because it is not to be trusted. */
	readonly kept?: Json | undefined;
	/** Undefined: other workflows are not known here, and are believed. */
	readonly library: Library | undefined;
	/** The workflows that are being compiled, the outermost first. */
	readonly trail: readonly string[];
	/** Compiles the lists inside steps. */
	readonly compileList: (list: readonly WorkflowStep[], tools: ListTools) => CompiledList;
	/** Where in the definition each step of the plan comes from. */
	readonly places: Map<string, WorkflowPath>;
	/** What expressions look at in what steps give; undefined where nobody asks. */
	readonly uses: ReferenceUse[] | undefined;
}

/** ReferenceUse is a look at what a step gives: `name` as it was written, which stands for `from`, and the keys into it. */
export interface ReferenceUse {
	readonly name: string;
	readonly from: string;
	readonly keys: readonly string[];
	readonly place: WorkflowPath;
	readonly offset: number;
}

/** CompiledList is a list of steps as a part of a plan. */
export interface CompiledList {
	readonly steps: readonly PlanStep[];
	/** What its steps can be called by, for what the list as a whole gives. */
	readonly scope: Scope;
	/** What each step gives, in the order of the list. */
	readonly gives: readonly Json[];
}

export interface ListTools {
	readonly compilation: Compilation;
	readonly scope: Scope;
	readonly place: WorkflowPath;
	/** Side by side, unless they say otherwise. */
	readonly parallel: boolean;
	/** The step that the list is in. */
	readonly within?: StepId | undefined;
}

/** Resolved is what an expression comes to before the run; `absent`: a parameter that may be left out, and was. */
export type Resolved =
	| { readonly kind: 'value'; readonly value: Json }
	| { readonly kind: 'absent' }
	| { readonly kind: 'compute'; readonly expression: Expression };

/** readKnown reads an expression and checks its names; undefined once it has said what is wrong. */
export function readKnown(
	{ problems, uses }: Compilation,
	scope: Scope,
	{ text, place, offset = 0 }: Written,
): Expression | undefined {
	const read = parseExpression(text);
	if (!read.ok) {
		problems.say(place, `The expression \`${shortened(text)}\` cannot be read: ${read.message}.`, {
			offset: offset + read.offset,
		});
		return undefined;
	}
	let sound = true;
	for (const [name, use] of read.expression.names) {
		const wrong = nameProblem(name, use.fields, scope);
		if (wrong === undefined) continue;
		problems.say(place, wrong, { offset: offset + use.offset });
		sound = false;
	}
	if (uses !== undefined && sound) uses.push(...usesOf(read.expression, scope, place, offset));
	return sound ? read.expression : undefined;
}

function* usesOf(
	{ names, path }: Expression,
	scope: Scope,
	place: WorkflowPath,
	offset: number,
): Iterable<ReferenceUse> {
	for (const [name, use] of names) {
		const value = scope.names.get(name);
		if (value === undefined || !isReference(value) || name === 'input' || name === 'kept') continue;
		const ways = path?.name === name ? [path.keys] : [...(use.fields ?? [])].map((field) => [field]);
		for (const keys of ways) yield { name, from: value.$from, keys, place, offset: offset + use.offset };
	}
}

/** Written is an expression with its place in the definition. */
export interface Written {
	readonly text: string;
	readonly place: WorkflowPath;
	/** Where it begins in the text at that place. */
	readonly offset?: number | undefined;
}

/** resolve finds what an expression comes to before the run; undefined once it has said what is wrong. */
export function resolve(compilation: Compilation, scope: Scope, written: Written): Resolved | undefined {
	const expression = readKnown(compilation, scope, written);
	if (expression === undefined) return undefined;
	if (expression.path !== undefined) return resolvePath(compilation, scope, written, expression);
	const values = knownValues(compilation, scope, expression);
	if (values === undefined) return { kind: 'compute', expression };
	const found = evaluate(expression, values);
	if (found.ok) return { kind: 'value', value: found.value };
	if (found.missing) return { kind: 'absent' };
	const { place, text, offset = 0 } = written;
	const wrong = `The expression \`${shortened(text)}\` gives nothing: ${found.message}.`;
	compilation.problems.say(place, wrong, { offset: offset + found.offset });
	return undefined;
}

/** knownValues are those of the names in an expression that can be worked out now; undefined where it cannot, or should not, because it takes long. */
export function knownValues({ room }: Compilation, scope: Scope, expression: Expression): JsonObject | undefined {
	if (!expression.cheap) return undefined;
	const picked = [...expression.names].map(([name, { fields }]) => [
		name,
		pickFields(scope.names.get(name) ?? null, fields),
	]);
	const values: JsonObject = Object.fromEntries(picked);
	return room.suffices(values, expression.uses) && isKnown(values) ? values : undefined;
}

function resolvePath(
	{ problems, kept }: Compilation,
	scope: Scope,
	{ place, offset = 0 }: Written,
	expression: Expression,
): Resolved | undefined {
	const { path } = expression;
	if (path === undefined) return undefined;
	const value = scope.names.get(path.name);
	if (value === undefined) return { kind: 'compute', expression };
	const found = along(value, path.keys);
	const isThere = path.name !== 'kept' || kept === undefined || along(kept, path.keys).kind === 'value';
	if (found.kind === 'value' && isThere) return found;
	if (path.name === 'input' || path.name === 'kept') return { kind: 'absent' };
	if (found.kind === 'missing') problems.say(place, `\`${path.name}\` has no \`${found.key}\`.`, { offset });
	return undefined;
}

/** Types of CEL that an expression may compare with: `type(x) == string`. */
const TYPES: ReadonlySet<string> = new Set([
	'bool',
	'bytes',
	'cel',
	'double',
	'dyn',
	'int',
	'list',
	'map',
	'null_type',
	'string',
	'type',
	'uint',
]);

function nameProblem(name: string, fields: ReadonlySet<string> | undefined, scope: Scope): string | undefined {
	if (!scope.names.has(name)) {
		if (TYPES.has(name)) return undefined;
		const group = scope.inside.get(name);
		if (group !== undefined) return `The step \`${name}\` is inside \`${group}\`; what that gives is \`\${${group}}\`.`;
		return `There is no step \`${name}\`${didYouMean(name, [...scope.names.keys()])}`;
	}
	if (name !== 'input' || fields === undefined || scope.parameters === undefined) return undefined;
	const unknown = [...fields].find((field) => !scope.parameters?.has(field));
	if (unknown === undefined) return undefined;
	return `There is no parameter \`${unknown}\`${didYouMean(unknown, [...scope.parameters])}`;
}

/** didYouMean ends a sentence about a name that is not known. */
export function didYouMean(name: string, known: readonly string[]): string {
	const nearest = nearestName(name, known);
	return nearest === undefined ? '.' : `; did you mean \`${nearest}\`?`;
}

/** shortened is an expression as a sentence quotes it. */
export function shortened(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
