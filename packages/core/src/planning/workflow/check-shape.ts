import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { WORKFLOW_LIMITS, WorkflowDefinition, WorkflowStep } from '../../domain/workflow/definition.ts';
import { nearestName } from '../nearest-name.ts';
import { type FoundProblem, ProblemList, type WorkflowPath } from './found-problem.ts';

export type CheckedShape =
	| { readonly ok: true; readonly definition: WorkflowDefinition }
	| {
			readonly ok: false;
			readonly problems: readonly FoundProblem[];
			/** What it says without the keys that nothing knows, where that is all that is wrong. */
			readonly rest?: WorkflowDefinition | undefined;
	  };

/** checkShape takes data for a definition, or says what in it is not what a definition holds: unknown keys, wrong kinds of values. */
export function checkShape(data: Json): CheckedShape {
	if (!isJsonObject(data)) return refusal('A workflow is a mapping: `name: …`, `steps: …`.');
	const counted = countSteps(data['steps']);
	if (counted > WORKFLOW_LIMITS.maxSteps)
		return refusal(`The workflow has ${counted} steps; at most ${WORKFLOW_LIMITS.maxSteps} are allowed.`, ['steps']);
	if (depthOfSteps(data['steps']) > WORKFLOW_LIMITS.maxDepth)
		return refusal(`Steps may be inside each other ${WORKFLOW_LIMITS.maxDepth} deep, and no deeper.`, ['steps']);
	const parsed = WorkflowDefinition.safeParse(data);
	if (parsed.success) return { ok: true, definition: parsed.data };
	const problems = new ProblemList();
	sayKeys(data, TOP_KEYS, [], problems);
	saySteps(data['steps'], ['steps'], problems);
	for (const issue of parsed.error.issues) {
		const place = issue.path.map(asKey);
		// What is wrong inside steps was said step by step: a union says it once for each kind there is.
		if (issue.code === 'unrecognized_keys' || (place[0] === 'steps' && place.length > 1)) continue;
		problems.say(place, sentenceOf(issue, valueAtPlace(data, place)));
	}
	if (problems.isEmpty) problems.say(['steps'], 'A step here is of no kind that there is.');
	const rest = WorkflowDefinition.safeParse(knownKeys(data));
	return { ok: false, problems: problems.list(), rest: rest.success ? rest.data : undefined };
}

const TOP_KEYS = ['name', 'version', 'title', 'description', 'input', 'steps', 'result'];
const EVERY = ['id', 'title', 'after', 'when', 'optional'];
const CALL = ['use', 'with', 'retry', 'timeout', 'effects', 'undo'];

/** The key that shows what kind of step it is, and the keys which that kind may have beside those that all have. */
const KINDS: readonly { readonly marks: readonly string[]; readonly keys: readonly string[] }[] = [
	{ marks: ['each', 'use'], keys: ['each', 'as', 'max', ...CALL] },
	{ marks: ['use'], keys: CALL },
	{ marks: ['each'], keys: ['each', 'as', 'max', 'steps', 'gives'] },
	{ marks: ['loop'], keys: ['loop', 'steps', 'gives'] },
	{ marks: ['parallel'], keys: ['parallel', 'gives'] },
	{ marks: ['choose'], keys: ['choose'] },
	{ marks: ['workflow'], keys: ['workflow', 'with'] },
	{ marks: ['wait'], keys: ['wait'] },
	{ marks: ['ask'], keys: ['ask'] },
	{ marks: ['let'], keys: ['let'] },
	{ marks: ['steps'], keys: ['steps', 'gives'] },
];
const MARKS = ['use', 'each', 'loop', 'parallel', 'choose', 'workflow', 'wait', 'ask', 'let', 'steps'];

function saySteps(list: Json | undefined, place: WorkflowPath, problems: ProblemList): void {
	if (!Array.isArray(list)) return;
	for (const [index, step] of (list as readonly Json[]).entries()) sayStep(step, [...place, index], problems);
}

function sayStep(step: Json, place: WorkflowPath, problems: ProblemList): void {
	if (!isJsonObject(step))
		return problems.say(place, 'A step is a mapping: `- use: web.read`, with what it needs below.');
	const kind = KINDS.find(({ marks }) => marks.every((mark) => Object.hasOwn(step, mark)));
	if (kind === undefined) {
		const near = Object.keys(step).map((key) => [key, nearestName(key, MARKS)] as const);
		const [meant] = near.filter(([, name]) => name !== undefined);
		const hint =
			meant === undefined
				? `it has one of ${MARKS.map((mark) => `\`${mark}\``).join(', ')}`
				: `did you mean \`${meant[1]}\` with \`${meant[0]}\`?`;
		return problems.say(place, `It does not say what this step does: ${hint}.`.replace('?.', '?'));
	}
	const before = problems.count;
	sayKeys(step, [...EVERY, ...kind.keys], place, problems);
	for (const { path, steps } of innerLists(step)) saySteps(steps, [...place, ...path], problems);
	if (problems.count > before) return;
	const parsed = WorkflowStep.safeParse(step);
	if (parsed.success) return;
	for (const issue of issuesOfKind(parsed.error.issues, kind.keys)) {
		const inner = issue.path.map(asKey);
		problems.say([...place, ...inner], sentenceOf(issue, valueAtPlace(step, inner)));
	}
	if (problems.count === before) problems.say(place, 'Something in this step is not what it takes.');
}

function innerLists(step: JsonObject): { path: WorkflowPath; steps: Json | undefined }[] {
	const { choose } = step;
	const branches = Array.isArray(choose) ? (choose as readonly Json[]) : [];
	return [
		{ path: ['steps'], steps: step['steps'] },
		{ path: ['parallel'], steps: step['parallel'] },
		...branches.map((branch, index) => ({
			path: ['choose', index, 'steps'],
			steps: isJsonObject(branch) ? branch['steps'] : undefined,
		})),
	];
}

function sayKeys(object: JsonObject, known: readonly string[], place: WorkflowPath, problems: ProblemList): void {
	for (const key of Object.keys(object)) {
		if (known.includes(key)) continue;
		const nearest = nearestName(key, known);
		const hint = nearest === undefined ? `there are ${known.join(', ')}.` : `did you mean \`${nearest}\`?`;
		problems.say([...place, key], `There is no key \`${key.slice(0, 100)}\` here; ${hint}`, { atKey: true });
	}
}

function knownKeys(data: JsonObject): JsonObject {
	return Object.fromEntries(
		Object.entries(data).flatMap(([key, value]) => {
			if (!TOP_KEYS.includes(key)) return [];
			return [[key, key === 'steps' ? knownSteps(value) : value] as const];
		}),
	);
}

function knownSteps(list: Json): Json {
	if (!Array.isArray(list)) return list;
	return (list as readonly Json[]).map((step) => {
		if (!isJsonObject(step)) return step;
		const kind = KINDS.find(({ marks }) => marks.every((mark) => Object.hasOwn(step, mark)));
		const known = [...EVERY, ...(kind?.keys ?? [])];
		const entries = Object.entries(step).filter(([key]) => known.includes(key));
		return Object.fromEntries(
			entries.map(([key, value]) => [key, key === 'steps' || key === 'parallel' ? knownSteps(value) : value]),
		);
	});
}

type Issue = {
	readonly code?: string | undefined;
	readonly message: string;
	readonly path: readonly PropertyKey[];
	readonly errors?: readonly (readonly Issue[])[];
};

/** Of what a union says, what the alternative says that was meant: the one that complains least about keys and goes furthest. */
function issuesOfKind(issues: readonly Issue[], keys: readonly string[], above: readonly PropertyKey[] = []): Issue[] {
	return issues.flatMap((issue) => {
		const path = [...above, ...issue.path];
		if (issue.code !== 'invalid_union' || issue.errors === undefined || issue.errors.length === 0)
			return [{ ...issue, path }];
		const fitting = issue.errors.filter(
			(errors) => !errors.some(({ code, path: at }) => code === 'unrecognized_keys' && at.length === 0),
		);
		const among = fitting.length > 0 ? fitting : issue.errors;
		const best = among.reduce((one, other) => (weightOf(other) < weightOf(one) ? other : one));
		if (best.every(({ path: at, code }) => at.length === 0 && code === 'invalid_type')) {
			const wanted = [...new Set(among.flat().map(({ message }) => message.replace(/^Invalid input: /, '')))];
			return [{ message: wanted.join(', or '), path }];
		}
		return issuesOfKind(best, keys, path);
	});
}

function weightOf(errors: readonly Issue[]): number {
	const depth = Math.max(0, ...errors.map(({ path }) => path.length));
	return errors.length - depth * 10;
}

function sentenceOf(issue: Issue, value: Json | undefined): string {
	const what = issue.path.length === 0 ? 'This' : `\`${issue.path.map(String).join('.')}\``;
	if (value === undefined) return `${what} is missing.`;
	if (issue.code === 'too_small' && Array.isArray(value) && value.length === 0)
		return `${what} is empty: at least one is needed.`;
	return `${what} cannot be used: ${issue.message.replace(/^Invalid input: /, '')}.`;
}

function valueAtPlace(value: Json, place: WorkflowPath): Json | undefined {
	let at: Json | undefined = value;
	for (const key of place) {
		if (Array.isArray(at)) at = (at as readonly Json[])[Number(key)];
		else if (isJsonObject(at) && Object.hasOwn(at, String(key))) at = (at as JsonObject)[String(key)];
		else return undefined;
	}
	return at;
}

const asKey = (key: PropertyKey) => (typeof key === 'number' ? key : String(key));

function refusal(message: string, place: WorkflowPath = []): CheckedShape {
	const problems = new ProblemList();
	problems.say(place, message);
	return { ok: false, problems: problems.list() };
}

function countSteps(list: Json | undefined): number {
	let count = 0;
	const open: Json[] = list === undefined ? [] : [list];
	for (let top = open.pop(); top !== undefined; top = open.pop()) {
		if (!Array.isArray(top)) continue;
		count += top.length;
		for (const step of top as readonly Json[])
			if (isJsonObject(step)) open.push(...innerLists(step).flatMap(({ steps }) => steps ?? []));
	}
	return count;
}

function depthOfSteps(list: Json | undefined, depth = 0): number {
	if (!Array.isArray(list) || depth > WORKFLOW_LIMITS.maxDepth + 1) return depth;
	const inner = (list as readonly Json[]).flatMap((step) =>
		isJsonObject(step) ? innerLists(step).map(({ steps }) => steps) : [],
	);
	return Math.max(depth, ...inner.map((steps) => depthOfSteps(steps, depth + 1)));
}
