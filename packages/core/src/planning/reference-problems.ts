import type { StepId } from '../domain/ids.ts';
import { isJsonObject, type Json } from '../domain/json.ts';
import type { PlanProblem } from '../domain/task/check-plan.ts';
import { conditionPaths } from '../domain/task/condition.ts';
import { flowKind } from '../domain/task/flow.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import { ITEM, isReference, parseReference } from '../domain/task/references.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { inputSchemaOf, outputSchemaOf } from './schema/json-schema.ts';
import { misfitOf } from './schema/may-fit.ts';
import { itemsOf, listOf, type Place, placesAt, placesOf } from './schema/schema-paths.ts';
import { showShape } from './schema/show-shape.ts';

const MAX_DEPTH = 64;
const MAX_SHAPE = 300;

/**
 * referenceProblems finds references that can never be met: to a place that the output schema of the step's capability does
 * not have, to something other than a list in `forEach`, or to a value of a kind that its place in the input cannot take.
 * The plan is expected to be admitted; steps of unknown capabilities are believed.
 */
export function referenceProblems(
	steps: readonly PlanStep[],
	catalogue: readonly CapabilityDeclaration[],
): PlanProblem[] {
	const outputs = new Outputs(steps, catalogue);
	return steps.flatMap((step) => stepProblems(step, outputs));
}

function stepProblems(step: PlanStep, outputs: Outputs): PlanProblem[] {
	const problems: PlanProblem[] = [];
	const says = (message: string) => void problems.push({ stepId: step.id, message });
	let items: readonly Place[] = [];
	if (step.forEach !== undefined) {
		const { $from } = step.forEach;
		const list = outputs.at($from);
		items = list === undefined ? [] : itemsOf(list);
		if (list?.length === 0) says(outputs.missing('forEach', $from));
		else if (list !== undefined && items.length === 0) says(`forEach runs over "${$from}", which is no list.`);
	}
	for (const path of step.when === undefined ? [] : conditionPaths(step.when)) {
		if (outputs.at(path)?.length === 0) says(outputs.missing('when', path));
	}
	const capability = outputs.capability(step);
	const wanted = capability === undefined ? [] : placesOf(inputSchemaOf(capability.input));
	for (const found of referencesWithPlaces(step.input, wanted)) {
		const { stepId, path } = parseReference(found.$from);
		const given = stepId === ITEM ? placesAt(items, path) : outputs.at(found.$from);
		if (given === undefined || (stepId === ITEM && items.length === 0)) continue;
		if (given.length === 0) {
			says(stepId === ITEM ? `An item has no "${path.join('.')}".` : outputs.missing('The input', found.$from));
			continue;
		}
		const misfit = misfitOf(found.spread ? spreadOf(given) : given, found.wanted);
		if (misfit !== undefined) says(`"${found.$from}" does not fit at "${found.at}": ${misfit}.`);
	}
	return problems;
}

/** What the steps of a plan give, by their ids. */
class Outputs {
	readonly #steps: ReadonlyMap<StepId, PlanStep>;
	readonly #capabilities: ReadonlyMap<string, CapabilityDeclaration>;

	constructor(steps: readonly PlanStep[], catalogue: readonly CapabilityDeclaration[]) {
		this.#steps = new Map(steps.map((step) => [step.id, step]));
		this.#capabilities = new Map(catalogue.map((capability) => [capability.name, capability]));
	}

	/** What control flow takes and gives depends on the steps in it: it is believed. */
	capability(step: PlanStep): CapabilityDeclaration | undefined {
		return flowKind(step) === undefined ? this.#capabilities.get(step.capability) : undefined;
	}

	/** What a reference may lead to; undefined where nothing is known of the step. */
	at(reference: string): Place[] | undefined {
		const { stepId, path } = parseReference(reference);
		const schema = this.#schema(stepId);
		return schema === undefined ? undefined : placesAt(placesOf(schema), path);
	}

	/** The sentence for a reference that leads nowhere, with what there is. */
	missing(where: string, reference: string): string {
		const { stepId, path } = parseReference(reference);
		const schema = this.#schema(stepId) ?? {};
		const capability = this.#steps.get(stepId)?.capability ?? '';
		const each = this.#steps.get(stepId)?.forEach === undefined ? '' : ' for each item, so its output is a list';
		const [only] = placesOf(schema);
		const shape = showShape(only === undefined ? schema : only.schema);
		const short = shape.length > MAX_SHAPE ? `${shape.slice(0, MAX_SHAPE)}…` : shape;
		return `${where} refers to "${reference}", but "${stepId}" (${capability}${each}) never gives "${path.join('.')}"; it gives ${short}.`;
	}

	#schema(stepId: StepId) {
		const step = this.#steps.get(stepId);
		const capability = step === undefined ? undefined : this.capability(step);
		if (step === undefined || capability === undefined) return undefined;
		const schema = outputSchemaOf(capability.output);
		return step.forEach === undefined ? schema : listOf(schema);
	}
}

interface Found {
	readonly $from: string;
	readonly spread: boolean;
	/** Where in the input it stands, and what is wanted there. */
	readonly at: string;
	readonly wanted: readonly Place[];
}

function referencesWithPlaces(input: Json, wanted: readonly Place[]): Found[] {
	const found: Found[] = [];
	const visit = (value: Json, places: readonly Place[], path: readonly string[]): void => {
		if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return;
		if (isReference(value)) {
			found.push({
				$from: value.$from,
				spread: value.$spread === true,
				at: path.join('.') || 'input',
				wanted: places,
			});
			return;
		}
		const isList = !isJsonObject(value);
		for (const [key, part] of Object.entries(value)) {
			visit(part as Json, isList ? itemsOf(places) : placesAt(places, [key]), [...path, key]);
		}
	};
	visit(input, wanted, []);
	return found;
}

/** A list that is spread stands for its elements; anything else for itself. */
function spreadOf(given: readonly Place[]): Place[] {
	const items = itemsOf(given);
	return items.length === 0 ? [...given] : items;
}
