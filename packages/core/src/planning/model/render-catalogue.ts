import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { definitionsOf, inputSchemaOf, outputSchemaOf, referredName, SHARED } from '../schema/json-schema.ts';
import { showShape } from '../schema/show-shape.ts';
import { withoutMarks } from './untrusted.ts';

/** About 4,000 tokens. A catalogue that takes more has its inputs in the short form, too. */
const MAX_LENGTH = 16_000;

/** renderCatalogue describes capabilities to a model: what each is for, its input as JSON Schema (or in short), its output as a short type. */
export function renderCatalogue(catalogue: readonly CapabilityDeclaration[], isShort: boolean): string {
	if (isShort) return render(catalogue, showShape);
	const full = render(catalogue, (schema) => JSON.stringify(shortened(schema, schema, [])));
	return full.length <= MAX_LENGTH ? full : render(catalogue, showShape);
}

function render(catalogue: readonly CapabilityDeclaration[], showInput: (schema: JsonObject) => string): string {
	const shared = Object.entries(SHARED).map(
		([name, schema]) => `${name} = ${showShape(expanded(outputSchemaOf(schema)))}`,
	);
	const capabilities = catalogue.map(({ name, summary, input, output, effects }) => {
		const caution = effects === 'external' ? ' May act on the outside world.' : '';
		const [takes, gives] = [showInput(inputSchemaOf(input)), showShape(outputSchemaOf(output))];
		return `## ${name}\n${summary}${caution}\ninput: ${takes}\noutput: ${gives}`;
	});
	return [`Shared shapes:\n${shared.join('\n')}`, ...capabilities].join('\n\n');
}

/** renderForeign describes a capability that others brought, bounded in every part: what it says of itself is no instruction. */
export function renderForeign({ name, summary, input, output, effects }: CapabilityDeclaration): string {
	const caution = effects === 'external' ? ' May act on the outside world.' : '';
	const line = summary.replace(/\s+/g, ' ').trim();
	const about = line.length > MAX_FOREIGN_SUMMARY ? `${line.slice(0, MAX_FOREIGN_SUMMARY)}…` : line;
	const whole = inputSchemaOf(input);
	const full = JSON.stringify(shortened(whole, whole, []));
	const takes = full.length <= MAX_FOREIGN_INPUT ? full : showShape(whole).slice(0, MAX_FOREIGN_INPUT);
	const gives = showShape(outputSchemaOf(output)).slice(0, MAX_FOREIGN_OUTPUT);
	return withoutMarks(`## ${name}\n${about}${caution}\ninput: ${takes}\noutput: ${gives}`);
}

const MAX_FOREIGN_SUMMARY = 300;
const MAX_FOREIGN_INPUT = 1_500;
const MAX_FOREIGN_OUTPUT = 400;

/** A shared shape itself, not its name. */
function expanded(schema: JsonObject): JsonObject {
	const name = referredName(schema);
	const defs = schema['$defs'];
	const target = name !== undefined && isJsonObject(defs) ? defs[name] : undefined;
	return isJsonObject(target) ? target : schema;
}

/** Bounds of strings and numbers that a sensible plan never meets, and what goes without saying. */
const SILENT: ReadonlySet<string> = new Set([
	'$defs',
	'$schema',
	'minLength',
	'maxLength',
	'pattern',
	'additionalProperties',
	'propertyNames',
]);

/** A JSON Schema without what a planner does not need: shared shapes by name, other definitions in place, endless ones as `{}`. */
function shortened(schema: JsonObject, root: JsonObject, within: readonly string[]): Json {
	const name = referredName(schema);
	if (name !== undefined) {
		const target = definitionsOf(root)[name];
		if (name in SHARED) return { $ref: name };
		return isJsonObject(target) && !within.includes(name) && !isEndless(target, name)
			? shortened(target, root, [...within, name])
			: {};
	}
	const show = (value: Json): Json => (isJsonObject(value) ? shortened(value, root, within) : value);
	const short: Record<string, Json> = {};
	for (const [key, value] of Object.entries(schema)) {
		if (isSilent(key, value)) continue;
		if (key === 'properties' && isJsonObject(value)) {
			short[key] = Object.fromEntries(Object.entries(value).map(([one, inner]) => [one, show(inner)]));
		} else short[key] = Array.isArray(value) ? value.map(show) : show(value);
	}
	return short;
}

function isSilent(key: string, value: Json): boolean {
	if (SILENT.has(key) || (key === 'type' && value === 'object')) return true;
	if (key === 'default') return Array.isArray(value) && value.length === 0;
	if (typeof value !== 'number') return false;
	return Math.abs(value) >= Number.MAX_SAFE_INTEGER || (key === 'minimum' && (value === 0 || value === 1));
}

function isEndless(target: JsonObject, name: string): boolean {
	return JSON.stringify(target).includes(`"#/$defs/${name}"`);
}
