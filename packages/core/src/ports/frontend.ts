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
	/** Sending the same reply id twice shows it once. */
	readonly deduplicates: boolean;
}

/** InboundAttachment is a file as it arrives: its bytes, or an address to read later. */
export type InboundAttachment =
	| { readonly kind: 'bytes'; readonly name: string; readonly type: string; readonly content: Uint8Array }
	| { readonly kind: 'url'; readonly url: string };

/** InboundMessage is something a person wrote; (`frontend`, `conversation`, `platformMessageId`) makes it unique. */
export interface InboundMessage {
	readonly frontend: FrontendName;
	readonly conversation: ConversationId;
	readonly identity: string;
	readonly platformMessageId: string;
	readonly text: string;
	readonly attachments: readonly InboundAttachment[];
	readonly replyTo?: ReplyId | undefined;
	readonly at: number;
}

/** Reply is a reply on its way to the person: what is said, and its place in the conversation. */
export interface Reply extends ReplyBody {
	readonly conversation: ConversationId;
	readonly seq: number;
	/** An earlier delivery ended without a receipt, so the person may see this twice. */
	readonly repeated?: boolean | undefined;
}

/** FrontendState is shown in `/readyz`. */
export type FrontendState =
	| { readonly status: 'ready' }
	| { readonly status: 'degraded'; readonly message: string; readonly hint: string }
	| { readonly status: 'stopped' };

/** FrontendHost is the gateway as a frontend sees it. `receive` resolves with the message's id once it is durable, and rejects with CoreError when refused. */
export interface FrontendHost {
	receive(message: InboundMessage): Promise<{ id: string }>;
	reportState(state: FrontendState): void;
}

/**
 * IFrontend adapts one platform. `start` returns when it can receive; `deliver` may be called again with the same reply id
 * after a crash; `stop` is safe to call twice.
 */
export interface IFrontend {
	readonly name: FrontendName;
	readonly limits: FrontendLimits;
	start(host: FrontendHost): Promise<void>;
	deliver(reply: Reply): Promise<Receipt>;
	revise(receipt: Receipt, reply: Reply): Promise<void>;
	stop(): Promise<void>;
}
