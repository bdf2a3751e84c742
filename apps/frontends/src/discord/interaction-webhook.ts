import type { IClock } from '@errand/core/ports/clock.ts';
import type { WebhookHandler, WebhookResponse } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type APIInteraction, InteractionResponseType, InteractionType } from 'discord.js';
import { InteractionSignature } from './interaction-signature.ts';

interface Parts {
	readonly publicKey: string;
	take(interaction: APIInteraction): Promise<void>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** interactionWebhook serves interactions over HTTP: checked, then answered through the API like those from the gateway. */
export function interactionWebhook({ publicKey, take, clock, log }: Parts): WebhookHandler {
	const signature = new InteractionSignature(publicKey);
	return async ({ headers, body }) => {
		const signed = { signature: headers['x-signature-ed25519'], timestamp: headers['x-signature-timestamp'], body };
		if (!signature.isGenuine(signed, clock.now())) {
			log.warn('discord interaction forged or old', { bytes: body.byteLength });
			return { status: 401, body: 'invalid request signature' };
		}
		const interaction = parsed(body);
		if (interaction === undefined) return { status: 400, body: 'not an interaction' };
		if (interaction.type === InteractionType.Ping) return json({ type: InteractionResponseType.Pong });
		void take(interaction);
		return { status: 202 };
	};
}

function parsed(body: Uint8Array): APIInteraction | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
		const known = typeof value === 'object' && value !== null && 'type' in value && 'id' in value && 'token' in value;
		return known ? (value as APIInteraction) : undefined;
	} catch {
		return undefined;
	}
}

function json(body: object): WebhookResponse {
	return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
