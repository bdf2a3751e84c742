import { isJsonObject, type Json } from '../../../domain/json.ts';
import { toCel } from '../expression/cel-json.ts';
import { textOf } from '../expression/environment.ts';
import type { Expression } from '../expression/parse-expression.ts';
import { hasExpression, readTemplate } from '../expression/template.ts';
import type { WorkflowPath } from '../found-problem.ts';
import { type Compilation, readKnown, resolve } from './compilation.ts';
import type { Computing } from './computing.ts';
import { isKnown, isKnownBefore, type Scope } from './scope.ts';

/** Templates are compiled with these; `computing` is undefined where everything has to be known before the run. */
export interface TemplateTools {
	readonly compilation: Compilation;
	readonly scope: Scope;
	readonly computing: Computing | undefined;
	/** What to say where a value has to be known before the run, and is not. */
	readonly known?: string | undefined;
}

const MAX_DEPTH = 64;

/**
 * compileTemplate puts in the place of each `${…}` what it is, a reference to it, or a reference to where it is worked out. What comes
 * to a parameter that was left out is left out of lists and objects; undefined where all of it is.
 */
export function compileTemplate(
	tools: TemplateTools,
	template: Json,
	place: WorkflowPath,
	depth = 0,
): Json | undefined {
	if (typeof template === 'string') return hasExpression(template) ? compileText(tools, template, place) : template;
	if (typeof template !== 'object' || template === null) return template;
	if (depth > MAX_DEPTH) {
		tools.compilation.problems.say(place, `The value is nested deeper than ${MAX_DEPTH} levels.`);
		return null;
	}
	if (Array.isArray(template)) {
		const parts = template.map((part: Json, index) => compileTemplate(tools, part, [...place, index], depth + 1));
		return parts.filter((part) => part !== undefined);
	}
	if (!isJsonObject(template)) return null;
	if (Object.hasOwn(template, '$from')) {
		tools.compilation.problems.say([...place, '$from'], 'References are written `${step.path}` here, not `$from`.', {
			atKey: true,
		});
		return null;
	}
	const entries = Object.entries(template).map(
		([key, part]) => [key, compileTemplate(tools, part, [...place, key], depth + 1)] as const,
	);
	return Object.fromEntries(entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

function compileText(tools: TemplateTools, text: string, place: WorkflowPath): Json | undefined {
	const { compilation, scope } = tools;
	const read = readTemplate(text);
	if (!read.ok) {
		compilation.problems.say(place, read.message, { offset: read.offset });
		return null;
	}
	const expressions: Expression[] = [];
	const written: string[] = [];
	const known: Json[] = [];
	for (const part of read.parts) {
		if (part.kind === 'words') {
			written.push(part.text.replaceAll('${', () => '$${'));
			known.push(part.text);
			continue;
		}
		const found = resolve(compilation, scope, { ...part, place });
		if (found === undefined) return null;
		const alone = read.parts.length === 1;
		if (found.kind === 'absent') {
			if (alone) return undefined;
			continue;
		}
		if (found.kind === 'value' && alone) return checked(tools, found.value, place);
		written.push(`\${${part.text}}`);
		if (found.kind === 'value' && isKnown(found.value)) known.push(found.value);
		else expressions.push(...expressionOf(compilation, scope, part.text, place));
	}
	if (expressions.length === 0 && written.length === known.length) {
		if (!known.every((value) => compilation.room.takes(value))) return tooMuch(tools, place);
		return known.map((value) => textOf(toCel(value))).join('');
	}
	const all = expressionsOf(tools, read.parts, place);
	const open = all.flatMap(({ names }) => [...names.keys()]).map((name) => scope.names.get(name) ?? null);
	const later = open.filter((value) => !isKnown(value));
	// While a workflow is only checked, its input stands for itself.
	if (later.length > 0 && later.every(isKnownBefore)) return { $from: 'input' };
	if (tools.computing !== undefined) return tools.computing.add(written.join(''), all);
	compilation.problems.say(place, tools.known ?? 'It has to be known before the run begins.');
	return null;
}

/** Every expression of a text that is worked out as a whole, those with known values too. */
function expressionsOf(
	{ compilation, scope }: TemplateTools,
	parts: Extract<ReturnType<typeof readTemplate>, { ok: true }>['parts'],
	place: WorkflowPath,
): Expression[] {
	return parts.flatMap((part) => (part.kind === 'words' ? [] : expressionOf(compilation, scope, part.text, place)));
}

function expressionOf(compilation: Compilation, scope: Scope, text: string, place: WorkflowPath): Expression[] {
	// It was read before, where it stands; what it looks at is known by now.
	const expression = readKnown({ ...compilation, uses: undefined }, scope, { text, place });
	return expression === undefined ? [] : [expression];
}

function checked({ compilation, computing, known }: TemplateTools, value: Json, place: WorkflowPath): Json {
	if (computing === undefined && !isKnownBefore(value))
		compilation.problems.say(place, known ?? 'It has to be known before the run begins.');
	return compilation.room.takes(value) ? value : tooMuch({ compilation }, place);
}

function tooMuch({ compilation }: Pick<TemplateTools, 'compilation'>, place: WorkflowPath): Json {
	compilation.problems.say(
		place,
		'With this, the plan becomes too large: keep what is large in files, and refer to it.',
	);
	return null;
}
