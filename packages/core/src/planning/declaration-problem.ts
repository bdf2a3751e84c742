import { z } from 'zod';

/** CAPABILITY_NAME is how capabilities are called that do not ship with Errand: `<domain>.<verb>`, more parts are fine. */
export const CAPABILITY_NAME = /^[a-z][a-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$/;

/** RESERVED_DOMAINS are names of Errand's own: what is called so does what its plans say, and nobody else may bring it. */
const RESERVED_DOMAINS: ReadonlySet<string> = new Set(['flow', 'value', 'schedule', 'human', 'model', 'backlog']);

/** declarationProblem says what is wrong with a capability that does not ship with Errand; undefined for one that can be offered. */
export function declarationProblem(capability: unknown): string | undefined {
	if (typeof capability !== 'object' || capability === null)
		return 'A capability is not declared well: it is no object.';
	// Catalogues look at everything again at each change.
	const known = CHECKED.get(capability);
	if (known !== undefined) return known.problem;
	const problem = problemOf(capability);
	CHECKED.set(capability, { problem });
	return problem;
}

const CHECKED = new WeakMap<object, { readonly problem: string | undefined }>();

function problemOf(capability: object): string | undefined {
	const parsed = Declared.safeParse(capability);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const name = NameOnly.safeParse(capability).data?.name.slice(0, 100);
		const place = issue?.path.join('.') ?? '';
		return `${name === undefined ? 'A capability' : `"${name}"`} is not declared well${place && ` at "${place}"`}: ${issue?.message}.`;
	}
	const [domain = ''] = parsed.data.name.split('.');
	return RESERVED_DOMAINS.has(domain)
		? `"${parsed.data.name}" cannot be offered: names that begin with "${domain}." are Errand's own.`
		: undefined;
}

const NameOnly = z.looseObject({ name: z.string() });

const Schema = z.custom<z.ZodType>(
	(value) => typeof value === 'object' && value !== null && 'safeParse' in value,
	'must be a schema of zod',
);

const Declared = z.looseObject({
	name: z
		.string()
		.max(100)
		.regex(CAPABILITY_NAME, 'must be like "mail.send": at least two parts of letters and digits'),
	version: z.int().min(0),
	summary: z.string().min(1).max(4_000),
	input: Schema,
	output: Schema,
	effects: z.enum(['none', 'idempotent', 'external']),
	pure: z.boolean(),
	placement: z.enum(['inline', 'process']),
	concurrency: z.int().min(1).max(1_000),
	timeoutMs: z.int().min(1).max(86_400_000).optional(),
	retry: z
		.object({
			maxAttempts: z.int().min(1).max(20),
			waitsMs: z.array(z.int().min(0).max(86_400_000)).min(1).max(20),
		})
		.optional(),
	sessions: z.array(z.enum(['workspace', 'browser', 'connection'])).optional(),
});
