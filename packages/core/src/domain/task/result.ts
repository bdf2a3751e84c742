import type { ArtifactRef, Source } from '../capability.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { Output, TaskResult } from './facts.ts';
import { joinedSteps } from './outputs.ts';
import { plannedSteps, type Step, type Task } from './state.ts';

/** A result's text above this many characters is cut; the whole is in the artifact it names. */
const MAX_RESULT_CHARACTERS = 60_000;

/**
 * composeResult makes the answer from the plan's last steps (those that no other step depends on): their `text`,
 * `sources`, `artifacts` and `warnings`, in plan order, and a warning for each step that did not make it.
 */
export function composeResult(task: Task): TaskResult {
	const parts = lastSteps(task).map(resultPart);
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
	};
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
	return last.flatMap((step) => (step.phase.status === 'joined' ? joinedSteps(task, step) : [step]));
}

function resultPart(step: Step): ResultPart {
	if (step.phase.status !== 'done') return { text: '', sources: [], artifacts: [], warnings: [] };
	const { output } = step.phase;
	const value = shownOutput(output);
	const whole = output.kind === 'artifact' ? [output.artifact] : [];
	return { text: textOf(value), ...listsOf(value, whole), method: isJsonObject(value) ? value['method'] : undefined };
}

/** shownOutput is what history holds of an output: the whole, or of a large one its beginning. */
export function shownOutput(output: Output): Json {
	return output.kind === 'value' ? output.value : output.preview;
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
		// Capabilities' output schemas were checked when the step completed.
		sources: Array.isArray(sources) ? (sources as readonly unknown[] as readonly Source[]) : [],
		artifacts: Array.isArray(artifacts)
			? [...(artifacts as readonly unknown[] as readonly ArtifactRef[]), ...whole]
			: whole,
		warnings: Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [],
	};
}

function lossWarnings(task: Task): string[] {
	return Object.values(task.steps).flatMap((step) => {
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
