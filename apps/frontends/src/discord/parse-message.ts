import { type APIAttachment, type APIMessage, MessageReferenceType, MessageType } from 'discord.js';

/** Me is how the bot is written to: its user, and the roles Discord made for it. */
export interface Me {
	readonly user: string;
	readonly roles: ReadonlySet<string>;
}

/** SaidMessage is a person's message as far as it concerns the bot. */
export interface SaidMessage {
	readonly text: string;
	readonly attachments: readonly APIAttachment[];
	/** The bot was mentioned, or replied to. */
	readonly addressed: boolean;
	/** The message it replies to. */
	readonly replyToMessage?: string | undefined;
	/** The message of a person that the bot's message, which this one replies to, had replied to. */
	readonly threadedOn?: string | undefined;
}

/** parseMessage reads a message; undefined for the bot's own, other bots', webhooks' and Discord's own messages. */
export function parseMessage(message: APIMessage, me: Me): SaidMessage | undefined {
	const { author, type } = message;
	if (author.id === me.user || author.bot === true || author.system === true) return undefined;
	if (message.webhook_id !== undefined || message.application_id !== undefined) return undefined;
	if (type !== MessageType.Default && type !== MessageType.Reply) return undefined;
	const forwards = message.message_reference?.type === MessageReferenceType.Forward;
	const referenced = forwards ? undefined : message.referenced_message;
	const answersMe = referenced?.author.id === me.user;
	const threadedOn = answersMe ? referenced?.message_reference?.message_id : undefined;
	const replyToMessage = forwards ? undefined : message.message_reference?.message_id;
	const forwarded = forwards ? (message.message_snapshots ?? []).map(({ message: copy }) => copy) : [];
	const quoted = forwarded.map(({ content }) => quote(content)).filter((text) => text !== '');
	return {
		text: [plainText(message, me), ...quoted].filter((text) => text !== '').join('\n\n'),
		attachments: [...message.attachments, ...forwarded.flatMap(({ attachments }) => attachments)],
		addressed: mentions(message, me) || answersMe,
		...(replyToMessage === undefined ? {} : { replyToMessage }),
		...(threadedOn === undefined ? {} : { threadedOn }),
	};
}

/** nameOf is how a user is called. */
export function nameOf(user: { readonly username: string; readonly global_name?: string | null | undefined }): string {
	return user.global_name ?? user.username;
}

function mentions({ mentions: users, mention_roles: roles = [] }: APIMessage, me: Me): boolean {
	return (users ?? []).some(({ id }) => id === me.user) || roles.some((role) => me.roles.has(role));
}

/** The bot's own name is how it is called and no part of what is said; others are called by theirs. */
function plainText({ content, mentions: users = [] }: APIMessage, me: Me): string {
	const names = new Map(users.map((user) => [user.id, nameOf(user)]));
	return content
		.replace(/<@!?(\d{1,20})>/g, (whole, id: string) => (id === me.user ? '' : `@${names.get(id) ?? whole}`))
		.replace(/<@&(\d{1,20})>/g, (whole, id: string) => (me.roles.has(id) ? '' : whole))
		.replace(/<a?(:\w{1,64}:)\d{1,20}>/g, '$1')
		.trim();
}

function quote(text: string): string {
	return text === ''
		? ''
		: text
				.split('\n')
				.map((line) => `> ${line}`)
				.join('\n');
}
