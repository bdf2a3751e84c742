import type { InboundAttachment } from '@errand/core/ports/frontend.ts';
import { z } from 'zod';

/** Bounds on what a person may send in one message. */
export const INBOUND_LIMITS = {
	goalCharacters: 100_000,
	attachments: 20,
	attachmentBytes: 15 * 1024 * 1024,
	/** The whole message as JSON. */
	bodyBytes: 32 * 1024 * 1024,
} as const;

const MAX_BASE64 = Math.ceil(INBOUND_LIMITS.attachmentBytes / 3) * 4;
const OCTETS = 'application/octet-stream';

const FileSchema = z.strictObject({
	name: z
		.string()
		.min(1)
		.max(255)
		.refine((name) => !hasControls(name), 'must not hold control characters'),
	type: z
		.string()
		.max(200)
		.regex(/^$|^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[ -~]*)?$/, 'must be a media type such as application/pdf')
		.default(OCTETS),
	base64: z
		.string()
		.refine((text) => text.length <= MAX_BASE64, {
			error: `a file may hold ${INBOUND_LIMITS.attachmentBytes / 1024 / 1024} MB`,
			params: { code: 'too-large' },
			abort: true,
		})
		.refine(isBase64, 'must be base64 with padding'),
});
const LinkSchema = z.strictObject({
	url: z.string().max(2_048).refine(isWebAddress, 'must be an http or https address'),
});

/** AttachmentsSchema parses files and addresses that came with a message; bytes are decoded once. */
export const AttachmentsSchema = z
	.array(z.union([FileSchema, LinkSchema]))
	.max(INBOUND_LIMITS.attachments)
	.transform((attachments) => attachments.map(toInbound));

/** GoalSchema parses what a person wants, in words. */
export const GoalSchema = z
	.string()
	.max(INBOUND_LIMITS.goalCharacters)
	.refine((text) => !isBlank(text), { error: 'is empty', params: { code: 'empty-goal' }, abort: true })
	.refine((text) => !looksBinary(text), 'looks like binary data; attach it as a file');

/** MessageSchema parses something said in a web conversation; the text may be empty when a file says it. */
export const MessageSchema = z
	.strictObject({
		text: z
			.string()
			.max(INBOUND_LIMITS.goalCharacters)
			.refine((text) => !looksBinary(text), 'looks like binary data; attach it as a file'),
		attachments: AttachmentsSchema.optional(),
		clientId: z.string().min(1).max(100),
	})
	.refine((message) => !isBlank(message.text) || (message.attachments?.length ?? 0) > 0, {
		path: ['text'],
		error: 'is empty',
		params: { code: 'empty-goal' },
	});
export type Message = z.output<typeof MessageSchema>;

function toInbound(attachment: z.output<typeof FileSchema> | z.output<typeof LinkSchema>): InboundAttachment {
	if ('url' in attachment) return { kind: 'url', url: attachment.url };
	return {
		kind: 'bytes',
		name: attachment.name,
		type: attachment.type || OCTETS,
		content: Buffer.from(attachment.base64, 'base64'),
	};
}

// Buffer decodes whatever it can; only text that it would write back the same way is base64. A regular expression with a
// repeated group overflows the stack at this size, hence characters first and length apart.
function isBase64(text: string): boolean {
	return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isWebAddress(text: string): boolean {
	return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isBlank(text: string): boolean {
	return !/[^\s\p{Cf}\p{Cc}]/u.test(text);
}

// What was not UTF-8 arrives as replacement characters; a handful may be somebody's broken paste, a fifth is a file.
function looksBinary(text: string): boolean {
	if (text.includes('\0')) return true;
	const broken = text.split('\uFFFD').length - 1;
	return broken > 8 && broken > text.length / 5;
}

function hasControls(text: string): boolean {
	return /\p{Cc}/u.test(text);
}
