import type { z } from 'zod';
import type { ArtifactRef, Source } from '../capability.ts';
import { ArtifactRefSchema, SourceSchema } from '../document.ts';
import { isJsonObject, type Json } from '../json.ts';
import { utf8Bytes } from './check-input.ts';
import type { TaskResult } from './facts.ts';
import { joinedSteps, MAX_FACT_BYTES, outputsOf, shownOutput, wholeOutput } from './outputs.ts';
import { plannedSteps, type Step, stepOf, type Task } from './state.ts';

/** A result's text above this many characters is cut; the whole is in the artifact it names. */
const MAX_RESULT_CHARACTERS = 60_000;

/**
 * composeResult makes the answer from the plan's last steps (those that no other step depends on): their `text`,
 * `sources`, `artifacts` and `warnings`, in plan order, and a warning for each step that did not make it.
 */
export function composeResult(task: Task): TaskResult {
	const last = lastSteps(task);
	const parts = last.map(resultPart);
	const texts = parts.map((part) => part.text).filter((text) => text !== '');
	return {
		text: (texts.length > 0 ? texts.join('\n\n') : 'Done. No step had anything to tell.').slice(
			0,
			MAX_RESULT_CHARACTERS,
		),
		sources: unique(parts.flatMap((part) => part.sources)),
		artifacts: unique(parts.flatMap((part) => part.artifacts)),
		method: methodOf(parts) ?? task.method,
		warnings: [...new Set([...lossWarnings(task), ...parts.flatMap((part) => part.warnings)])],
		...workflowOutput(task),
	};
}

/** What the last planned step gave is what a workflow gives. */
function workflowOutput(task: Task): Pick<TaskResult, 'output' | 'outputOrigins'> {
	const last = task.planBy.startsWith('workflow:') ? plannedSteps(task).at(-1) : undefined;
	if (last?.phase.status !== 'done' && last?.phase.status !== 'joined') return {};
	if (!outputsOf(task, last).every(({ kind }) => kind === 'value')) return {};
	const output = wholeOutput(task, last);
	if (utf8Bytes(JSON.stringify(output)) > MAX_FACT_BYTES) return {};
	return last.origins.length === 0 ? { output } : { output, outputOrigins: last.origins };
}

interface ResultPart {
	readonly text: string;
	readonly sources: readonly Source[];
	readonly artifacts: readonly ArtifactRef[];
	readonly warnings: readonly string[];
	readonly method?: Json | undefined;
}

/** Who planned the task matters only where no step says how it wrote. */
function methodOf(parts: readonly ResultPart[]): TaskResult['method'] | undefined {
	if (parts.some(({ method }) => method === 'model')) return 'model';
	return parts.some(({ method }) => method === 'rules') ? 'rules' : undefined;
}

/** lastSteps are those that no other step depends on, a list's own steps in its place: what they say is the answer. */
export function lastSteps(task: Task): Step[] {
	const needed = new Set(Object.values(task.steps).flatMap((step) => step.spec.dependsOn));
	const last = plannedSteps(task).filter((step) => !needed.has(step.spec.id));
	return last.flatMap((step) => singleSteps(task, step));
}

function singleSteps(task: Task, step: Step): Step[] {
	if (step.phase.status !== 'joined') return [step];
	return joinedSteps(task, step).flatMap((child) => singleSteps(task, child));
}

function resultPart(step: Step): ResultPart {
	if (step.phase.status !== 'done') return { text: '', sources: [], artifacts: [], warnings: [] };
	const { output } = step.phase;
	const value = shownOutput(output);
	const whole = output.kind === 'artifact' ? [output.artifact] : [];
	return { text: textOf(value), ...listsOf(value, whole), method: isJsonObject(value) ? value['method'] : undefined };
}

/** textOf reads the words of an output. */
export function textOf(value: Json): string {
	if (typeof value === 'string') return value;
	if (isJsonObject(value)) {
		const text = value['text'] ?? value['markdown'];
		if (typeof text === 'string') return text;
	}
	return value === null ? '' : `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function listsOf(value: Json, whole: readonly ArtifactRef[]): Omit<ResultPart, 'text'> {
	if (!isJsonObject(value)) return { sources: [], artifacts: whole, warnings: [] };
	const { sources, artifacts, warnings } = value;
	return {
		sources: fitting<Source>(SourceSchema, sources),
		artifacts: [...fitting<ArtifactRef>(ArtifactRefSchema, artifacts), ...whole],
		warnings: Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [],
	};
}

/** Steps that compute any value may call anything by these names, and whoever shows an answer relies on their shape. */
function fitting<T>(schema: z.ZodType, list: Json | undefined): T[] {
	if (!Array.isArray(list)) return [];
	return list.filter((item) => schema.safeParse(item).success) as readonly unknown[] as T[];
}

function lossWarnings(task: Task): string[] {
	return Object.values(task.steps).flatMap((step) => {
		// What failed in a group that failed is in the group's own words.
		if (step.within !== undefined && stepOf(task, step.within.group)?.phase.status === 'dead-lettered') return [];
		if (step.phase.status === 'dead-lettered') return [`"${step.spec.title}" failed: ${step.phase.failure.message}`];
		if (step.phase.status === 'skipped' && step.phase.cause === 'missing-input') {
			return [`"${step.spec.title}" was skipped: ${step.phase.reason}.`];
		}
		return [];
	});
}

function unique<T>(items: readonly T[]): T[] {
	return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** previewOf shortens an output that is stored as a file to what the answer and the page still show. */
export function previewOf(output: Json, bytes = 8_192): Json {
	if (typeof output === 'string') return output.slice(0, bytes);
	if (!isJsonObject(output)) return null;
	const shown: Record<string, Json> = {};
	let left = bytes;
	for (const key of ['text', 'title', 'method', 'artifacts', 'sources', 'warnings', 'url', 'markdown']) {
		const value = Object.hasOwn(output, key) ? output[key] : undefined;
		if (value === undefined) continue;
		const short = typeof value === 'string' ? value.slice(0, left) : value;
		const size = JSON.stringify(short).length;
		if (size > left) continue;
		shown[key] = short;
		left -= size;
	}
	return shown;
}
