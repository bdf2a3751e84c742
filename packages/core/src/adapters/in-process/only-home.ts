import type { IEventStore } from '../../ports/event-store.ts';
import type { HomeEvents, IStreamHomes } from '../../ports/stream-homes.ts';

/** Streams read at start before others get a turn. */
const PAGE = 500;

/** OnlyHome is for a server that is alone on its history: it drives every stream, beginning with the unfinished ones. */
export class OnlyHome implements IStreamHomes {
	readonly self: string;
	readonly alone = true;
	readonly #store: Pick<IEventStore, 'openStreams'>;
	#stopped = false;

	constructor(self: string, store: Pick<IEventStore, 'openStreams'>) {
		this.self = self;
		this.#store = store;
	}

	/** Resolves once each unfinished stream was given over. */
	async start({ adopted }: HomeEvents): Promise<void> {
		for (let after = ''; !this.#stopped; ) {
			const page = await this.#store.openStreams({ after, limit: PAGE });
			const last = page.at(-1);
			if (last === undefined) return;
			await adopted(page);
			after = last.stream;
		}
	}

	async offer(): Promise<void> {}

	/** Whatever is offered, is offered here. */
	offering(): string {
		return this.self;
	}

	async claim(): Promise<void> {}

	async stop(): Promise<void> {
		this.#stopped = true;
	}
}
