import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { LinkSigner } from './link-signer.ts';

/** How long a link is good, ms. */
const LIFE_MS = 7 * 24 * 60 * 60_000;

/** taskLinks makes links to the shared page of a task; there are none without a public address, or for nobody's task. */
export function taskLinks({
	signer,
	publicUrl,
	clock,
}: {
	signer: LinkSigner;
	publicUrl: string | undefined;
	clock: Pick<IClock, 'now'>;
}): (task: TaskId, person: PersonId | undefined) => string | undefined {
	return (task, person) => {
		if (publicUrl === undefined || person === undefined) return undefined;
		return `${publicUrl}/s/${signer.sign({ task, person, expiresAt: clock.now() + LIFE_MS })}`;
	};
}
