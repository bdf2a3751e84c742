import { CoreError } from '../../domain/errors.ts';
import { WORKFLOW_LIMITS } from '../../domain/workflow/definition.ts';
import { TokenBuckets } from '../commands/token-buckets.ts';
import type { Principal } from '../desks/desk.ts';

/** Characters a second that are read for one person; the owner's are not counted. Reading a million may take a second. */
const PER_SECOND = { member: 200_000, guest: 20_000 } as const;

/** TextPace keeps whoever sends texts of workflows from having the process read nothing else. */
export class TextPace {
	readonly #read: Readonly<Record<keyof typeof PER_SECOND, TokenBuckets>>;

	constructor(now: () => number) {
		const pace = (perSecond: number) => new TokenBuckets({ burst: 2 * WORKFLOW_LIMITS.maxBytes, perSecond, now });
		this.#read = { member: pace(PER_SECOND.member), guest: pace(PER_SECOND.guest) };
	}

	/** Throws `rate-limited` until the texts, two at most, may be read. What is too long anyway is refused by its reader. */
	admit({ person, role }: Principal, ...texts: readonly string[]): void {
		if (role === 'owner') return;
		const count = texts.reduce((sum, { length }) => sum + Math.min(length, WORKFLOW_LIMITS.maxBytes), 0);
		const waitMs = this.#read[role].take(person, count);
		if (waitMs === 0) return;
		throw new CoreError('rate-limited', 'Too much text of workflows came from you at once.', {
			hint: `Send it again in ${Math.ceil(waitMs / 1_000)} s.`,
		});
	}
}
