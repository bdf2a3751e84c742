import { FLOW } from '../../domain/task/flow.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import { isReference, parseReference } from '../../domain/task/references.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { outputSchemaOf } from '../schema/json-schema.ts';
import { isOpen, itemsOf, listOf, type Place, placesAt, placesOf, typesOf } from '../schema/schema-paths.ts';
import type { ReferenceUse } from './compile/compilation.ts';
import type { CompiledPlan } from './compile-workflow.ts';
import type { ProblemList, WorkflowPath } from './found-problem.ts';
import { propertiesOf } from './known-properties.ts';

const MAX_DEPTH = 16;
/** Lists in lists that are looked into. */
const MAX_LISTS = 4;
const NAMED = 20;

/** sayUses says which expressions look at something that no step will ever give, as far as output schemas are closed. */
export function sayUses(
	{ uses, steps, places }: CompiledPlan,
	catalogue: ReadonlyMap<string, CapabilityDeclaration>,
	problems: ProblemList,
): void {
	const given = new Given(steps, places, catalogue);
	for (const use of uses) {
		const wrong = given.problemOf(use);
		if (wrong !== undefined) problems.say(use.place, wrong, { offset: use.offset });
	}
}

/** Given is what the steps of a plan give, as far as that is known before the run. */
class Given {
	readonly #steps = new Map<string, PlanStep>();
	readonly #places: ReadonlyMap<string, WorkflowPath>;
	readonly #catalogue: ReadonlyMap<string, CapabilityDeclaration>;

	constructor(
		steps: readonly PlanStep[],
		places: ReadonlyMap<string, WorkflowPath>,
		catalogue: ReadonlyMap<string, CapabilityDeclaration>,
	) {
		this.#places = places;
		this.#catalogue = catalogue;
		const add = (step: PlanStep): void => {
			this.#steps.set(step.id, step);
			step.body?.steps.forEach(add);
		};
		steps.forEach(add);
	}

	problemOf({ name, from, keys, place }: ReferenceUse): string | undefined {
		const { stepId, path } = parseReference(from);
		let here = placesAt(this.#of(stepId, place, 0) ?? [], path);
		for (const [index, key] of keys.entries()) {
			if (here.length === 0 || !here.every((one) => isClosed(one))) return undefined;
			const next = placesAt(here, [key]);
			if (next.length === 0) return nothingThere([name, ...keys.slice(0, index)], key, here, this.#callOf(stepId));
			here = next;
		}
		return undefined;
	}

	/** What a step or an element gives; undefined where that is not known. */
	#of(id: string, place: WorkflowPath, depth: number): Place[] | undefined {
		if (depth > MAX_DEPTH) return undefined;
		const step = this.#steps.get(id);
		if (step === undefined) return this.#ofElement(id, place, depth);
		const once = this.#ofOne(step, place, depth);
		if (step.forEach === undefined) return once;
		return once?.map(({ schema, defs }) => ({ schema: listOf(schema), defs }));
	}

	#ofOne(step: PlanStep, place: WorkflowPath, depth: number): Place[] | undefined {
		const { capability, body, input } = step;
		if (body !== undefined) return body.gives === undefined ? undefined : this.#of(body.gives, place, depth + 1);
		if (capability === FLOW.value) return isReference(input) ? this.#at(input.$from, place, depth) : undefined;
		const declared = this.#catalogue.get(capability);
		return declared === undefined ? undefined : placesOf(outputSchemaOf(declared.output));
	}

	/** The element of the list that the innermost step around goes over. */
	#ofElement(name: string, place: WorkflowPath, depth: number): Place[] | undefined {
		let around: { readonly from: string; readonly length: number } | undefined;
		for (const { id, forEach } of this.#steps.values()) {
			if (forEach === undefined || (forEach.as ?? 'item') !== name) continue;
			const at = this.#places.get(id) ?? [];
			const inside = at.length > (around?.length ?? 0) && at.every((part, index) => place[index] === part);
			if (inside) around = { from: forEach.$from, length: at.length };
		}
		const list = around === undefined ? undefined : this.#at(around.from, place.slice(0, around.length - 1), depth);
		return list === undefined ? undefined : itemsOf(list);
	}

	#at(reference: string, place: WorkflowPath, depth: number): Place[] | undefined {
		const { stepId, path } = parseReference(reference);
		const found = this.#of(stepId, place, depth + 1);
		return found === undefined ? undefined : placesAt(found, path);
	}

	#callOf(id: string): string | undefined {
		const step = this.#steps.get(id);
		return step === undefined || step.body !== undefined || step.capability === FLOW.value
			? undefined
			: step.capability;
	}
}

/** Holds nothing but what its schema names; a list of lists of itself may hold anything. */
function isClosed(place: Place, lists = 0): boolean {
	if (isOpen(place) || lists > MAX_LISTS) return false;
	const types = typesOf(place);
	if (types.includes('object') && place.schema['additionalProperties'] !== false) return false;
	return !types.includes('array') || itemsOf([place]).every((item) => isClosed(item, lists + 1));
}

function nothingThere(way: readonly string[], key: string, here: readonly Place[], call: string | undefined): string {
	const what = way.length === 1 && call !== undefined ? `\`${call}\`` : `\`${way.join('.')}\``;
	const items = itemsOf(here);
	const names = [...new Set([...here, ...items].flatMap(propertiesOf))];
	const types = [...new Set(here.flatMap(typesOf))].filter((type) => type !== 'null');
	if (names.length === 0) return `${what} gives no \`${key}\`; it is ${types.join(' or ')}.`;
	const listed = `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`;
	return `${what} gives no \`${key}\`; ${items.length > 0 ? 'each element of its list' : 'it'} gives ${listed}.`;
}
