import { z } from 'zod';

const Address = z.string().min(1).max(8_000);
const Target = z
	.string()
	.min(1)
	.max(2_000)
	.describe('Playwright selector: CSS, text=… or role=button[name="…"], and so on');
const Selector = z.string().min(1).max(1_000);
const WaitMs = z.int().min(0).max(60_000);

const FieldPart = z.strictObject({
	target: Selector.describe('CSS selector'),
	attribute: z.string().min(1).max(100).optional().describe('Read this attribute instead of the text'),
});
const Field = z.union([
	Selector.describe('CSS selector; the text of its first match'),
	FieldPart.extend({
		list: z.boolean().optional().describe('All matches instead of the first'),
		fields: z
			.record(z.string().min(1).max(100), z.union([Selector, FieldPart]))
			.optional()
			.describe('Read these inside each match, as an object'),
	}),
]);

/** FieldsSchema names what is read off a page, and where it stands. */
export const FieldsSchema = z
	.record(z.string().min(1).max(100), Field)
	.refine((fields) => Object.keys(fields).length <= 50, 'at most 50 fields');
export type Fields = z.infer<typeof FieldsSchema>;

const WAIT = {
	target: Target.optional().describe('Until this element is there'),
	text: z.string().min(1).max(1_000).optional().describe('Until the page shows this text'),
	ms: WaitMs.optional().describe('This many milliseconds'),
};
const DOWNLOAD = {
	target: Target.optional().describe('What to click to start it'),
	url: Address.optional().describe('Its address, instead of something to click'),
};
const saysWhatFor = (wait: { target?: unknown; text?: unknown; ms?: unknown }) =>
	wait.target !== undefined || wait.text !== undefined || wait.ms !== undefined;
const saysWhere = (download: { target?: unknown; url?: unknown }) =>
	(download.target === undefined) !== (download.url === undefined);
const WHAT_FOR = 'give a target, a text or ms to wait for';
const WHERE = 'give either target or url';

const VisitStep = z.discriminatedUnion('do', [
	z.strictObject({ do: z.literal('open'), url: Address }),
	z.strictObject({ do: z.literal('click'), target: Target }),
	z
		.strictObject({
			do: z.literal('fill'),
			target: Target,
			text: z.string().max(20_000).optional(),
			ask: z.string().trim().min(1).max(1_000).optional().describe('Ask the person for the text, in confidence'),
			secret: z.boolean().optional().describe('Never show the text'),
		})
		.refine((fill) => (fill.text === undefined) !== (fill.ask === undefined), 'give either text or ask'),
	z.strictObject({
		do: z.literal('select'),
		target: Target,
		values: z.union([z.string().max(1_000), z.array(z.string().max(1_000)).min(1).max(100)]),
	}),
	z.strictObject({
		do: z.literal('press'),
		key: z.string().min(1).max(50).describe('Enter, Escape, Control+A …'),
		target: Target.optional(),
	}),
	z.strictObject({
		do: z.literal('scroll'),
		target: Target.optional(),
		byPx: z.int().min(-100_000).max(100_000).optional(),
		times: z.int().min(1).max(30).optional().describe('Again and again, for lists that grow'),
	}),
	z.strictObject({ do: z.literal('wait'), ...WAIT }).refine(saysWhatFor, WHAT_FOR),
	z.strictObject({ do: z.literal('screenshot'), fullPage: z.boolean().optional() }),
	z.strictObject({ do: z.literal('snapshot'), target: Target.optional() }),
	z.strictObject({ do: z.literal('extract'), fields: FieldsSchema }),
	z.strictObject({ do: z.literal('download'), ...DOWNLOAD }).refine(saysWhere, WHERE),
]);
export type VisitStep = z.infer<typeof VisitStep>;

/** VisitInputSchema is what `browser.visit` takes. */
export const VisitInputSchema = z.strictObject({
	url: Address.optional().describe(
		'Address of the page to open; without one the visit goes on where the step before left its page in the same session',
	),
	session: z
		.string()
		.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, 'letters, digits, - and _ only, at most 40')
		.optional()
		.describe('Visits of one task with the same session share logins and storage; "main" unless told'),
	waitFor: z.strictObject(WAIT).refine(saysWhatFor, WHAT_FOR).optional(),
	steps: z.array(VisitStep).max(50).optional().describe('What to do on the page, in order'),
	screenshot: z
		.union([z.boolean(), z.literal('full')])
		.optional()
		.describe('Picture of the page at the end'),
	snapshot: z.boolean().optional().describe('The page at the end as an accessibility tree'),
	extract: z
		.union([z.literal('document'), FieldsSchema])
		.optional()
		.describe('What to take from the page at the end: "document" (its content), or fields by CSS selector'),
	download: z.strictObject(DOWNLOAD).refine(saysWhere, WHERE).optional().describe('A file to keep'),
});
export type VisitInput = z.infer<typeof VisitInputSchema>;
