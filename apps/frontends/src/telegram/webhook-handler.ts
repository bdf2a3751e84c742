import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookHandler } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Update } from 'grammy/types';
import { z } from 'zod';

interface WebhookParts {
	readonly secret: string;
	/** True once the update is durable or will never be; false to have it sent again. */
	readonly take: (update: Update) => Promise<boolean>;
	readonly log: ILogger;
}

const AnUpdate = z.looseObject({ update_id: z.int() });

/** webhookHandler takes updates that Telegram sends, and acknowledges each once it is durable. */
export function webhookHandler({ secret, take, log }: WebhookParts): WebhookHandler {
	return async ({ headers, body }) => {
		if (!isSame(headers['x-telegram-bot-api-secret-token'] ?? '', secret)) {
			log.warn('telegram webhook refused', { reason: 'wrong secret', bytes: body.byteLength });
			return { status: 401, body: 'wrong secret token' };
		}
		const update = readUpdate(body);
		if (update === undefined) {
			log.warn('telegram webhook refused', { reason: 'not an update', bytes: body.byteLength });
			return { status: 400, body: 'not an update' };
		}
		const taken = await take(update).catch((error: unknown) => {
			log.error('telegram update failed', { update: update.update_id, error });
			return false;
		});
		return taken ? { status: 200 } : { status: 503, headers: { 'retry-after': '5' } };
	};
}

/** Of hashes, so that neither the content nor the length shows in the time it takes. */
function isSame(given: string, secret: string): boolean {
	const hash = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(hash(given), hash(secret));
}

function readUpdate(body: Uint8Array): Update | undefined {
	try {
		const parsed = AnUpdate.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
		// The rest is Telegram's word, once the secret is right.
		return parsed.success ? (parsed.data as unknown as Update) : undefined;
	} catch {
		return undefined;
	}
}
