import { ArtifactRefSchema, DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { Piece, PieceRequest } from '../text/writing/piece.ts';

/** The output of an earlier step: what it does not know of is left alone. */
const finding = z.object({
	text: z.string(),
	sources: z.array(SourceSchema).default([]),
	warnings: z.array(z.string()).default([]),
	recommendation: z.object({ item: z.string(), reasons: z.array(z.string()) }).nullish(),
	answers: z.array(z.object({ question: z.string(), answer: z.json() })).optional(),
});

const input = z
	.object({
		format: z.enum(['report', 'talking-points', 'email']),
		title: z.string().max(300).optional(),
		topic: z.string().max(1_000).optional(),
		/** The request in the person's words. */
		need: z.string().max(10_000).optional(),
		documents: z.array(DocumentSchema).max(100).default([]),
		findings: z.array(finding).max(50).default([]),
		audience: z.string().max(200).optional(),
	})
	.refine(({ documents, findings }) => documents.length + findings.length > 0, 'give documents or findings');

const output = z.object({
	text: z.string(),
	sources: z.array(SourceSchema),
	artifacts: z.array(ArtifactRefSchema),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
});

type Format = z.infer<typeof input>['format'];

/** textWrite is `text.write`: makes a report, talking points or an e-mail of documents and findings, and keeps it as a file. */
export const textWrite: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.write',
	version: 1,
	summary:
		'Writes a report, talking points or an e-mail from documents and findings, with sources, as text and as a file.',
	input,
	output,
	effects: 'idempotent',
	pure: false,
	placement: 'process',
	concurrency: 2,
	uses: ['model'],
	timeoutMs: 300_000,
	async run({ format, ...request }, context) {
		const piece = await write(format, request, context);
		const { completeFile } = await import('../text/writing/complete-file.ts');
		const { fileNameOf } = await import('../text/writing/title.ts');
		const { title, body, sources, warnings, method } = piece;
		const markdown = format === 'email' ? `${body}\n` : completeFile(piece);
		const files = [{ name: fileNameOf(title, format, 'md'), type: 'text/markdown', text: markdown }];
		if (format !== 'email') {
			const { printableHtml } = await import('../text/writing/printable-html.ts');
			files.push({ name: fileNameOf(title, format, 'html'), type: 'text/html', text: printableHtml(title, markdown) });
		}
		const artifacts = [];
		for (const { name, type, text } of files) {
			context.signal.throwIfAborted();
			artifacts.push(await context.saveArtifact({ name, type, content: new TextEncoder().encode(text) }));
		}
		return { text: body, sources: [...sources], artifacts, warnings: [...warnings], method };
	},
};

type Written = Piece & { readonly method: 'model' | 'rules' };

async function write(format: Format, request: PieceRequest, context: RunContext): Promise<Written> {
	const { model } = context;
	const byRules = async (): Promise<Written> => ({ ...(await writeByRules(format, request)), method: 'rules' });
	if (model === undefined) return byRules();
	const { writeByModel } = await import('../text/model/writing/write-by-model.ts');
	const { provedOrRules } = await import('../text/model/asking/proved-or-rules.ts');
	return provedOrRules({
		model,
		byModel: async () => {
			const { made, warnings } = await writeByModel(format, request, { model, context });
			return { made: made && { ...made, method: 'model' as const }, warnings };
		},
		byRules,
	});
}

async function writeByRules(format: Format, request: PieceRequest): Promise<Piece> {
	switch (format) {
		case 'report':
			return (await import('../text/writing/write-report.ts')).writeReport(request);
		case 'talking-points':
			return (await import('../text/writing/write-talking-points.ts')).writeTalkingPoints(request);
		case 'email':
			return (await import('../text/writing/write-email.ts')).writeEmail(request);
	}
}
