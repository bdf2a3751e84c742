import { type Document, DocumentSchema } from '@errand/core/domain/document.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { ParsedDocument, Raw } from '../documents/parsed-document.ts';

const MAX_BYTES = 20_000_000;
/** Leaves time for parsing before the step itself times out. */
const MAX_DOWNLOAD_MS = 25_000;

const WebReadInput = z
	.strictObject({
		url: z.string().min(1).max(8_000).optional().describe('Address of the page or file'),
		artifact: z.string().min(1).max(200).optional().describe('Id of a stored file, instead of an address'),
		maxBytes: z.int().min(1).max(MAX_BYTES).optional().describe('Refuse what is larger, 20 MB at most'),
	})
	.refine((input) => (input.url === undefined) !== (input.artifact === undefined), 'give either url or artifact');
type WebReadInput = z.infer<typeof WebReadInput>;

/** webRead reads a web page or file and gives it as Markdown with title, date and links. */
export const webRead: ICapability<WebReadInput, Document> = {
	name: 'web.read',
	version: 1,
	summary: 'Reads a web page or a file (HTML, PDF, DOCX, text, JSON, feed) as Markdown with its title, date and links.',
	input: WebReadInput,
	output: DocumentSchema,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 6,
	timeoutMs: 30_000,
	addresses: ['url'],
	copiesAddresses: true,
	// Somebody waits for the answer: a page that fails three times within seconds is reported rather than waited for.
	retry: { maxAttempts: 3, waitsMs: [500, 3_000] },

	async run(input, context) {
		const maxBytes = input.maxBytes ?? MAX_BYTES;
		if (input.artifact !== undefined) return await readStored(input.artifact, maxBytes, context);
		return await readAddress(input.url ?? '', maxBytes, context);
	},
};

async function readAddress(address: string, maxBytes: number, context: RunContext): Promise<Document> {
	if (URL.canParse(address)) context.taint(`web:${new URL(address).host}`);
	const { download } = await import('../documents/download.ts');
	const { content, contentType, url, name } = await download(address, context, { maxBytes, maxMs: MAX_DOWNLOAD_MS });
	context.taint(`web:${url.host}`);
	const document = await parse({ content, contentType, name, url: url.href, signal: context.signal }, context);
	return { ...document, url: url.href };
}

async function readStored(id: string, maxBytes: number, context: RunContext): Promise<Document> {
	context.taint(`file:${id}`);
	const { ref, content } = await context.readArtifact(id);
	if (content.length > maxBytes) {
		const { CoreError } = await import('@errand/core/domain/errors.ts');
		throw new CoreError('too-large', `Cannot read "${ref.name}": it is larger than ${maxBytes} bytes.`, {
			hint: 'Give a smaller file, or the part of it that matters.',
		});
	}
	const raw: Raw = { content, contentType: ref.type, name: ref.name, url: undefined, signal: context.signal };
	return { ...(await parse(raw, context)), artifact: id };
}

async function parse(raw: Raw, context: RunContext): Promise<ParsedDocument> {
	context.progress({ text: `Making sense of ${raw.name}` });
	const { parseDocument } = await import('../documents/parse-document.ts');
	return await parseDocument(raw);
}
