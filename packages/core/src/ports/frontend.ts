import type { SuggestedKind } from '../domain/conversation/chat-command.ts';
import type { Receipt, ReplyBody } from '../domain/conversation/reply.ts';
import type { ConversationId, ReplyId } from '../domain/ids.ts';

export type FrontendName = 'web' | 'discord' | 'telegram' | 'sms' | 'webhook' | 'api';

/** FrontendLimits says what a platform can show; renderers read it instead of asking which platform it is. */
export interface FrontendLimits {
	readonly maxTextLength: number;
	readonly edits: boolean;
	readonly buttons: boolean;
	readonly markdown: 'full' | 'discord' | 'telegram' | 'none';
	readonly files: boolean;
	readonly editsPerSecond: number;
	/** Sending the same reply id twice shows it once: always, within the next minutes, or never. */
	readonly deduplicates: 'always' | 'briefly' | 'never';
	/** `deliver` calls `sending`; where it does not, each reply counts as being sent from the call of `deliver` on. */
	readonly saysWhenSending: boolean;
	/** Progress is not shown before a task has taken this long, ms; 0 where it disturbs nobody. */
	readonly quietMs: number;
	/** It shows tasks itself, with plan and sources, so that replies need not repeat them. */
	readonly showsTasks: boolean;
	/** A message makes somebody's phone ring, so quiet hours count. */
	readonly push: boolean;
}

/** InboundAttachment is a file as it arrives: its bytes, or an address to read later. */
export type InboundAttachment =
	| { readonly kind: 'bytes'; readonly name: string; readonly type: string; readonly content: Uint8Array }
	| { readonly kind: 'url'; readonly url: string };

/**
 * WaitingAttachment is a file that still lies with the platform. It is read only once it is known that its sender belongs
 * here; a CoreError of `read` is then what `receive` rejects with.
 */
export interface WaitingAttachment {
	readonly kind: 'waiting';
	readonly name: string;
	readonly type: string;
	read(): Promise<Uint8Array>;
}

/**
 * InboundMessage is something a person wrote; (`frontend`, `conversation`, `platformMessageId`) makes it unique. In a place
 * where several people write, each has a conversation of their own.
 */
export interface InboundMessage {
	readonly frontend: FrontendName;
	readonly conversation: ConversationId;
	/** `<frontend>:<who>`, for example `telegram:4711`. */
	readonly identity: string;
	/** How the platform calls them, for the owner to recognise. */
	readonly name?: string | undefined;
	/** Nobody else reads along here. */
	readonly direct: boolean;
	readonly platformMessageId: string;
	/** A command of the platform's own shape arrives as `/name …`, the press of a button as the words of its choice. */
	readonly text: string;
	readonly attachments: readonly (InboundAttachment | WaitingAttachment)[];
	/** The reply it answers, where a button or the page knows it. */
	readonly replyTo?: ReplyId | undefined;
	/** The platform's id of the message it replies to. */
	readonly replyToMessage?: string | undefined;
	readonly at: number;
}

/** Reply is a reply on its way to the person: what is said, and its place in the conversation. */
export interface Reply extends ReplyBody {
	readonly conversation: ConversationId;
	readonly seq: number;
	/** An earlier delivery ended without a receipt; where the platform would show it twice, the text says so. */
	readonly repeated?: boolean | undefined;
}

/** FrontendState is shown in `/readyz`. */
export type FrontendState =
	| { readonly status: 'ready' }
	| { readonly status: 'degraded'; readonly message: string; readonly hint: string }
	| { readonly status: 'stopped' }
	/** Another process runs it; the words are of what troubles it there. */
	| { readonly status: 'standby'; readonly message?: string | undefined; readonly hint?: string | undefined };

/** WebhookRequest is a call of a platform as it arrived; nothing in it is to be trusted before its signature was checked. */
export interface WebhookRequest {
	readonly method: string;
	/** Path and query, as requested. */
	readonly url: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Uint8Array;
}

export interface WebhookResponse {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly body?: string | undefined;
}

export type WebhookHandler = (request: WebhookRequest) => Promise<WebhookResponse>;

/** DeliveryReport is what a platform says later about a message it took. */
export interface DeliveryReport {
	readonly conversation: ConversationId;
	readonly platformMessageId: string;
	readonly status: 'delivered' | 'undelivered';
	readonly code?: string | undefined;
	readonly message?: string | undefined;
}

/** Suggestion is one of several that somebody may mean: what they would write, and how it is shown. */
export interface Suggestion {
	readonly value: string;
	readonly label: string;
}

/** FrontendHost is the gateway as a frontend sees it. */
export interface FrontendHost {
	/**
	 * Resolves with the message's id once it is durable; only then may the platform be told that it was taken. Rejects with a
	 * CoreError whose message and hint are for the sender. After `disk-full`, `shutting-down` or `internal` the same message is
	 * welcome again; any other refusal is final. `unpaired` is said to a stranger once in a while, not for each message.
	 */
	receive(message: InboundMessage): Promise<{ id: string }>;
	/** Serves `POST <path>` until the frontend stops; bodies up to 1 MB. The handler checks who calls. */
	mountWebhook(path: string, handler: WebhookHandler): void;
	reportState(state: FrontendState): void;
	/** Resolves once the report is durable; one about an unknown message is ignored. */
	reportDelivery(report: DeliveryReport): Promise<void>;
	/** What whoever has this identity may mean, for completing it as it is typed, the likeliest first; nothing for a stranger. */
	suggestions(identity: string, kind: SuggestedKind): Promise<readonly Suggestion[]>;
}

/**
 * IFrontend adapts one platform. `start` returns when it can receive, and rejects when it cannot be (it is started again
 * later, with growing waits); a connection lost after that is its own to mend. `deliver` may be called again with the same
 * reply id after a crash, rejects with DeliveryFailure where it knows what went wrong, and with anything else when the reply
 * may have arrived. It calls `sending` right before its first request leaves (later ones may, too) and sends nothing unless
 * that resolves: a reply that only waited when the process died is no repeat. `revise` edits what `deliver` sent. `stop` is
 * safe to call twice.
 */
export interface IFrontend {
	readonly name: FrontendName;
	readonly limits: FrontendLimits;
	start(host: FrontendHost): Promise<void>;
	deliver(reply: Reply, sending?: () => Promise<void>): Promise<Receipt>;
	revise(receipt: Receipt, reply: Reply): Promise<void>;
	stop(): Promise<void>;
}
