import { RemoteModel } from '@errand/core/models/remote/remote-model.ts';
import type { IServices } from '@errand/core/ports/services.ts';
import type { FoundModel } from './find-services.ts';

/** How long (ms) a start waits to hear which model it is. */
const LEARN_MS = 300;

/** remoteModels are the models of whoever holds their keys: a worker asks for them by service, and has no key of its own. */
export async function remoteModels(services: IServices): Promise<FoundModel & { readonly model: RemoteModel }> {
	const model = new RemoteModel({ services });
	await Promise.race([model.learn(), new Promise((resolve) => setTimeout(resolve, LEARN_MS).unref())]);
	const words = model.available
		? `${model.name}, asked for where its key is.`
		: 'none is offered now; work does without until a gateway offers one.';
	return { model, words: [words] };
}
