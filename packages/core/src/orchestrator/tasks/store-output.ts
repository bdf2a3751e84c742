import type { StepId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import { facetsOf } from '../../domain/task/facets.ts';
import type { Output } from '../../domain/task/facts.ts';
import { MAX_FACT_BYTES } from '../../domain/task/outputs.ts';
import { previewOf } from '../../domain/task/result.ts';
import type { Task } from '../../domain/task/state.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';

/** storeOutput makes an output of what a step produced: small ones stand in the fact, large ones in a file of the task. */
export async function storeOutput(
	artifacts: Pick<IArtifactStore, 'put'>,
	{ stepId, value, task }: { stepId: StepId; value: Json; task: () => Promise<Task | undefined> },
): Promise<Output> {
	const text = JSON.stringify(value);
	// UTF-8 has at least as many bytes as UTF-16 has units, so short texts need no encoding to be judged.
	if (text.length * 3 <= MAX_FACT_BYTES) return { kind: 'value', value };
	const content = new TextEncoder().encode(text);
	if (content.byteLength <= MAX_FACT_BYTES) return { kind: 'value', value };
	const owning = await task();
	if (owning === undefined) return { kind: 'value', value: null };
	const owner = { person: owning.person, task: owning.id };
	const name = `${stepId.replace(/[^a-z0-9_-]/gi, '-')}-output.json`;
	const artifact = await artifacts.put({ name, type: 'application/json', content, owner });
	return { kind: 'artifact', artifact, preview: previewOf(value), facets: facetsOf(owning, stepId, value) };
}
