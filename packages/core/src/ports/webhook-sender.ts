import type { StepFailure } from '../domain/capability.ts';

/** WebhookPost is one event on its way to a receiver. `at` is when this attempt is made, ms since 1970. */
export interface WebhookPost {
	readonly url: string;
	readonly eventId: string;
	readonly at: number;
	readonly body: string;
	/** Every secret that signs, the newest first, as `whsec_<base64>`. */
	readonly secrets: readonly string[];
	readonly signal: AbortSignal;
}

/** PostOutcome is what became of a post; `gone` means that the receiver wants nothing more (410). */
export type PostOutcome =
	| { readonly kind: 'delivered'; readonly status: number }
	| { readonly kind: 'failed'; readonly failure: StepFailure; readonly gone: boolean };

/**
 * IWebhookSender posts events in the Standard Webhooks format to addresses that people gave. `check` throws CoreError for an
 * address that can never be posted to. `send` takes what the receiver does for an outcome; it rejects only with the reason
 * of the signal.
 */
export interface IWebhookSender {
	check(url: string): void;
	send(post: WebhookPost): Promise<PostOutcome>;
}
