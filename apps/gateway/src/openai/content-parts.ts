import type { InboundAttachment } from '@errand/core/ports/frontend.ts';
import { z } from 'zod';

/** Part is a piece of a message's content: words, or something that came along. */
export type Part =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'attachment'; readonly attachment: InboundAttachment };

const Url = z.string().min(1);
const Image = z.union([z.looseObject({ url: Url }), Url.transform((url) => ({ url }))]);
const File = z.looseObject({
	filename: z.string().max(255).nullish(),
	file_data: z.string().nullish(),
	file_id: z.string().nullish(),
	file_url: z.string().nullish(),
});

const PartSchema = z.union(
	[
		z.looseObject({ type: z.enum(['text', 'input_text', 'output_text']), text: z.string() }),
		z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
		z.looseObject({ type: z.literal('image_url'), image_url: Image }),
		z.looseObject({ type: z.literal('input_image'), image_url: Image.nullish(), file_id: z.string().nullish() }),
		z.looseObject({ type: z.literal('file'), file: File }),
		File.extend({ type: z.literal('input_file') }),
		z.looseObject({
			type: z.literal('input_audio'),
			input_audio: z.looseObject({ data: z.string(), format: z.string().max(20) }),
		}),
	],
	{ error: 'must be a content part of type text, image_url, file or input_audio' },
);

/** ContentSchema parses the content of a message of either API: text, or parts; files are decoded once. */
export const ContentSchema = z
	.union([z.string(), z.array(PartSchema).max(500)])
	.transform((content, context): readonly Part[] => {
		if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
		return content.flatMap((part, index): Part[] => {
			const read = readPart(part, index + 1);
			if (typeof read !== 'string') return [read];
			context.addIssue({ code: 'custom', message: read, path: [index] });
			return [];
		});
	});

/** PastContentSchema parses what is not the person's: parts of kinds that only others write are left out. */
export const PastContentSchema = z
	.union([z.string(), z.array(z.unknown()).max(500)])
	.transform((content): readonly Part[] => {
		if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
		return content.flatMap((part) => ContentSchema.safeParse([part]).data ?? []);
	});

/** contentOf puts the parts of a message together: its words, and what came along. */
export function contentOf(parts: readonly Part[]): { text: string; attachments: InboundAttachment[] } {
	const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
	const attachments = parts.flatMap((part) => (part.kind === 'attachment' ? [part.attachment] : []));
	// A null or half a character comes of a broken paste; neither is worth a refusal in the middle of a conversation.
	return { text: texts.join('\n\n').toWellFormed().replaceAll('\0', ''), attachments };
}

/** A part, or what is wrong with it. */
function readPart(part: z.output<typeof PartSchema>, number: number): Part | string {
	switch (part.type) {
		case 'text':
		case 'input_text':
		case 'output_text':
			return { kind: 'text', text: part.text };
		case 'refusal':
			return { kind: 'text', text: part.refusal };
		case 'image_url':
			return readAddress(part.image_url.url, `image-${number}`);
		case 'input_image':
			return part.image_url == null ? NO_FILES_API : readAddress(part.image_url.url, `image-${number}`);
		case 'file':
			return readFile(part.file, number);
		case 'input_file':
			return readFile(part, number);
		case 'input_audio': {
			const { data, format } = part.input_audio;
			const extension = format.replace(/[^a-z0-9]/gi, '');
			return readBytes({ data, name: `audio-${number}.${extension}`, type: `audio/${extension}` });
		}
	}
}

function readFile({ filename, file_data: data, file_url: url }: z.output<typeof File>, number: number): Part | string {
	const name = fileName(filename, `file-${number}`);
	if (data != null) return data.startsWith('data:') ? readDataUrl(data, name) : readBytes({ data, name, type: '' });
	return url == null ? NO_FILES_API : readAddress(url, name);
}

function readAddress(url: string, name: string): Part | string {
	if (url.startsWith('data:')) return readDataUrl(url, name);
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return 'must be an http, https or data: address';
	return { kind: 'attachment', attachment: { kind: 'url', url } };
}

// Found by hand: a regular expression over a file of many megabytes would be slow.
function readDataUrl(url: string, name: string): Part | string {
	const comma = url.indexOf(',');
	const head = /^data:([\w!#$&^.+-]+\/[\w!#$&^.+-]+)?(?:;[^;,]{1,200}){0,5};base64$/.exec(
		url.slice(0, Math.min(comma, 1_000)),
	);
	if (comma === -1 || head === null) return 'must be a data: address with base64';
	const type = head[1]?.toLowerCase() ?? '';
	const extension = EXTENSIONS[type];
	const whole = extension === undefined || name.includes('.') ? name : `${name}.${extension}`;
	return readBytes({ data: url.slice(comma + 1), name: whole, type });
}

function readBytes({ data, name, type }: { data: string; name: string; type: string }): Part | string {
	// Buffer decodes whatever it can, in either alphabet, so what it should come to is held against what it does.
	const content = Buffer.from(data, 'base64');
	const letters = data.replace(/[=\s]+$/, '').length;
	if (content.length === 0 || content.length < Math.floor((letters * 3) / 4) - 2) return 'must hold base64';
	return {
		kind: 'attachment',
		attachment: { kind: 'bytes', name, type: type || TYPES[extensionOf(name)] || 'application/octet-stream', content },
	};
}

const NO_FILES_API = 'names an uploaded file, and there is no /v1/files here; send the file itself as file_data';

function fileName(name: string | null | undefined, otherwise: string): string {
	const clean = (name ?? '').replace(/[\p{Cc}/\\]+/gu, ' ').trim();
	return clean === '' ? otherwise : clean;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
	'image/png': 'png',
	'image/jpeg': 'jpg',
	'image/webp': 'webp',
	'image/gif': 'gif',
	'application/pdf': 'pdf',
	'text/plain': 'txt',
	'text/markdown': 'md',
	'text/html': 'html',
	'text/csv': 'csv',
	'application/json': 'json',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
};
const TYPES: Readonly<Record<string, string>> = Object.fromEntries(
	Object.entries(EXTENSIONS).map(([type, extension]) => [extension, type]),
);

function extensionOf(name: string): string {
	return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}
