import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';

/** TrialWorld is what a run is given to try a capability; what is left out is not there. */
export interface TrialWorld
	extends Partial<Pick<RunContext, 'fetch' | 'model' | 'search' | 'browser' | 'workspace' | 'signal'>> {
	readonly answers?: RunContext['answers'];
	/** Files that it may read, by id. */
	readonly files?: Readonly<
		Record<string, { readonly name: string; readonly type: string; readonly content: Uint8Array }>
	>;
}

/** Trial is what came of a run: an output, or the questions that it asked. */
export interface Trial<Output> {
	readonly output: Output | undefined;
	readonly asked: readonly QuestionDraft[];
	readonly progress: readonly Parameters<RunContext['progress']>[0][];
	readonly artifacts: readonly (ArtifactRef & { readonly content: Uint8Array })[];
	/** Where untrusted content in the output comes from. */
	readonly origins: readonly string[];
}

/** tryCapability runs a capability once in memory, as a worker would: input and output are checked. Rejects with what the run threw. */
export async function tryCapability<Input, Output>(
	capability: ICapability<Input, Output>,
	input: unknown,
	world: TrialWorld = {},
): Promise<Trial<Output>> {
	const progress: Parameters<RunContext['progress']>[0][] = [];
	const artifacts: (ArtifactRef & { content: Uint8Array })[] = [];
	const origins = new Set<string>();
	let asked: readonly QuestionDraft[] = [];
	const context: RunContext = {
		taskId: asTaskId('trial'),
		person: asPersonId('somebody'),
		signal: world.signal ?? new AbortController().signal,
		progress: (said) => void progress.push(said),
		taint: (origin) => void origins.add(origin),
		saveArtifact: async ({ name, type, content }) => {
			const ref = { id: `artifact-${artifacts.length + 1}`, name, type, bytes: content.byteLength };
			artifacts.push({ ...ref, content });
			return ref;
		},
		readArtifact: async (id) => {
			const file = world.files?.[id];
			if (file === undefined)
				throw new CoreError('unknown-artifact', `There is no file "${id}".`, { hint: 'Name one.' });
			return { ref: { id, name: file.name, type: file.type, bytes: file.content.byteLength }, content: file.content };
		},
		fetch: world.fetch ?? ((url, init) => globalThis.fetch(url, init)),
		...{ model: world.model, search: world.search, browser: world.browser, workspace: world.workspace },
		answers: world.answers ?? [],
		ask: (questions) => {
			asked = questions;
			throw new Asked();
		},
	};
	const told = { asked, progress, artifacts };
	try {
		const given = parseInput(capability.input, input as Json, `The input of ${capability.name}`);
		const output = capability.output.parse(await capability.run(given, context));
		return { ...told, output, origins: [...origins] };
	} catch (error) {
		if (error instanceof Asked) return { ...told, asked, output: undefined, origins: [...origins] };
		throw error;
	}
}

class Asked extends Error {}
