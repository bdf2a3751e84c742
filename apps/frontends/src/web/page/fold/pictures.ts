import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import { shownOutput } from '@errand/core/domain/task/outputs.ts';
import type { Step, Task } from '@errand/core/domain/task/state.ts';
import { previewOf } from './preview.ts';

/** Picture is an image among a task's files, with what it shows in words. */
export interface Picture {
	readonly id: string;
	readonly name: string;
	readonly alt: string;
}

/** stepPictures lists the images that a step made, such as screenshots of the page it visited. */
export function stepPictures(step: Step | undefined): readonly Picture[] {
	if (step?.phase.status !== 'done') return [];
	const output = shownOutput(step.phase.output);
	if (!isJsonObject(output) || !Array.isArray(output['artifacts'])) return [];
	const title = typeof output['title'] === 'string' ? output['title'].trim() : '';
	return picturesAmong(output['artifacts'], title || step.spec.title);
}

/** answerPictures lists the images of an answer's own files and of all steps on the way, each once, without those its text shows. */
export function answerPictures(task: Task, artifacts: readonly ArtifactRef[], text: string): readonly Picture[] {
	const found = new Map<string, Picture>();
	for (const step of Object.values(task.steps)) for (const each of stepPictures(step)) found.set(each.id, each);
	for (const each of picturesAmong(artifacts as readonly unknown[] as readonly Json[], ''))
		if (!found.has(each.id)) found.set(each.id, each);
	return [...found.values()].filter((each) => !text.includes(`/v1/artifacts/${each.id}`));
}

function picturesAmong(artifacts: readonly Json[], title: string): Picture[] {
	return artifacts.flatMap((artifact) => {
		if (!isJsonObject(artifact)) return [];
		const { id, name, type, bytes } = artifact;
		if (typeof id !== 'string' || typeof name !== 'string' || typeof type !== 'string') return [];
		if (previewOf({ name, type, bytes: typeof bytes === 'number' ? bytes : 0 }) !== 'image') return [];
		return [{ id, name, alt: title === '' ? name : title }];
	});
}
