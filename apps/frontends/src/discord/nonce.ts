import { createHash } from 'node:crypto';
import type { Reply } from '@errand/core/ports/frontend.ts';

/** nonceFor names one part of one reply in the 25 characters Discord compares, so that sending it again shows it once. */
export function nonceFor(reply: Pick<Reply, 'conversation' | 'id'>, part: number): string {
	const hash = createHash('sha256').update(`${reply.conversation}\n${reply.id}`).digest('base64url');
	return `${hash.slice(0, 20)}.${part.toString(36)}`;
}
