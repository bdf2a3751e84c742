import type { StepFailure } from '../capability.ts';
import type { PersonId, WebhookId } from '../ids.ts';
import type { TaskEventType, WebhookEventType } from './event-types.ts';

interface WebhookCommandData {
	CreateWebhook: {
		readonly webhookId: WebhookId;
		readonly person: PersonId;
		readonly url: string;
		readonly events: readonly TaskEventType[];
		readonly name?: string | undefined;
		readonly secret: string;
	};
	/** The new secret signs at once; the old ones sign along for a day. */
	RotateSecret: { readonly secret: string };
	RetireSecret: { readonly secret: string };
	QueueEvent: { readonly eventId: string; readonly event: WebhookEventType; readonly body: string };
	RecordDelivery: { readonly eventId: string; readonly attempt: number; readonly status: number };
	/** `jitter` in [0, 1) spreads the wait before the next attempt by ± 20 %; `gone` says that the receiver wants no more. */
	FailDelivery: {
		readonly eventId: string;
		readonly attempt: number;
		readonly failure: StepFailure;
		readonly jitter: number;
		readonly gone: boolean;
	};
	ReplayEvent: { readonly eventId: string };
	PauseWebhook: Readonly<Record<never, never>>;
	ResumeWebhook: Readonly<Record<never, never>>;
	DeleteWebhook: Readonly<Record<never, never>>;
}

type WebhookCommandType = keyof WebhookCommandData;
/** WebhookCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type WebhookCommand = {
	[T in WebhookCommandType]: { readonly type: T; readonly at: number } & WebhookCommandData[T];
}[WebhookCommandType];
/** WebhookCommandOf picks one command by its type. */
export type WebhookCommandOf<T extends WebhookCommandType> = Extract<WebhookCommand, { type: T }>;
