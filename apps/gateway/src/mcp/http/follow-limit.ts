import { CoreError } from '@errand/core/domain/errors.ts';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { McpSurface } from '../protocol/surface.ts';

/** Resources that one person follows at once, in all sessions and streams: each change is worked out for each of them. */
const MOST_OF_PERSON = 500;

/** FollowLimit bounds what the clients of one person follow together. */
export class FollowLimit {
	readonly #followed = new Map<PersonId, number>();
	readonly #most: number;

	constructor(most = MOST_OF_PERSON) {
		this.#most = most;
	}

	/** The same surface, that refuses to follow more than its person may. */
	bounded(surface: McpSurface, person: PersonId): McpSurface {
		return {
			...surface,
			follow: async (uri, changed) => {
				const release = this.#take(person);
				try {
					const stop = await surface.follow(uri, changed);
					return () => {
						stop();
						release();
					};
				} catch (error) {
					release();
					throw error;
				}
			},
		};
	}

	#take(person: PersonId): () => void {
		const count = this.#followed.get(person) ?? 0;
		if (count >= this.#most) {
			throw new CoreError('not-possible', `Your clients follow ${this.#most} resources already.`, {
				hint: 'End a session or a stream that is not used any more.',
			});
		}
		this.#followed.set(person, count + 1);
		let taken = true;
		return () => {
			if (!taken) return;
			taken = false;
			const left = (this.#followed.get(person) ?? 1) - 1;
			if (left > 0) this.#followed.set(person, left);
			else this.#followed.delete(person);
		};
	}
}
