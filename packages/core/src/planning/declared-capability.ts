import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { CAPABILITY_NAME } from './declaration-problem.ts';
import { jsonSchemaOf, schemaFromJson } from './schema/from-json-schema.ts';

const JsonSchema = z.custom<JsonObject>((value) => isJsonObject(value as Json), 'must be an object');

/** DeclarationSchema is a capability as its owner declares it to other processes, in whatever language either is written. */
export const DeclarationSchema = z.object({
	name: z
		.string()
		.max(100)
		.regex(CAPABILITY_NAME)
		.describe('What it is called: at least two parts, such as "mail.send".'),
	version: z.int().min(0).default(1).describe('Raised when the same input may give another output.'),
	build: z.string().max(100).optional().describe('What its code is, where that changes without a new version.'),
	summary: z.string().min(1).max(4_000).describe('One sentence for planners and people.'),
	input: JsonSchema.describe('JSON Schema of the input, which is an object.'),
	output: JsonSchema.default({}).describe('JSON Schema of the output.'),
	effects: z
		.enum(['none', 'idempotent', 'external'])
		.describe(
			'What the most that any input does leaves behind: nothing, something a repeat does not double, or something it would.',
		),
	pure: z.boolean().default(false).describe('The output depends on the input alone, so it may be kept.'),
	concurrency: z.int().min(1).max(1_000).default(1).describe('How many runs at once.'),
	timeoutMs: z.int().min(1).max(86_400_000).optional().describe('How long a run may take; 30,000 where left out.'),
	retry: z
		.object({
			maxAttempts: z.int().min(1).max(20),
			waitsMs: z.array(z.int().min(0).max(86_400_000)).min(1).max(20),
		})
		.optional()
		.describe('How often it is tried in all, and the waits in between; 4 and 1, 10, 100 s where left out.'),
	addresses: z
		.array(z.string().max(200))
		.max(20)
		.optional()
		.describe('Paths of the input where an address stands that it will request.'),
	sessions: z.array(z.enum(['workspace', 'browser', 'connection'])).optional(),
	unplanned: z.boolean().optional().describe('Planners do not choose it.'),
});
export type Declaration = z.infer<typeof DeclarationSchema>;

/** writeDeclaration is what others need to know of a capability. */
export function writeDeclaration(capability: CapabilityDeclaration): z.input<typeof DeclarationSchema> {
	const {
		name,
		version,
		build,
		summary,
		effects,
		pure,
		concurrency,
		timeoutMs,
		retry,
		addresses,
		sessions,
		unplanned,
	} = capability;
	return {
		...{ name, version, summary, effects, pure, concurrency, ...jsonSchemaOf(capability) },
		...(build === undefined ? {} : { build }),
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		...(retry === undefined ? {} : { retry: { maxAttempts: retry.maxAttempts, waitsMs: [...retry.waitsMs] } }),
		...(addresses === undefined ? {} : { addresses: [...addresses] }),
		...(sessions === undefined ? {} : { sessions: [...sessions] }),
		...(unplanned === undefined ? {} : { unplanned }),
	};
}

/** ReadDeclaration is a declaration that was understood, or what is wrong with it. */
export type ReadDeclaration =
	| { readonly ok: true; readonly declaration: CapabilityDeclaration }
	| { readonly ok: false; readonly problem: string };

/** readDeclaration reads what another process declares. It never throws; schemas are made when first looked at. */
export function readDeclaration(json: unknown): ReadDeclaration {
	const parsed = DeclarationSchema.safeParse(json);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const name = isJsonObject(json as Json) ? String((json as JsonObject)['name']).slice(0, 100) : 'A declaration';
		return { ok: false, problem: `${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() };
	}
	return { ok: true, declaration: new ReadCapability(parsed.data) };
}

class ReadCapability implements CapabilityDeclaration {
	readonly name: string;
	readonly version: number;
	readonly summary: string;
	readonly effects: CapabilityDeclaration['effects'];
	readonly pure: boolean;
	readonly placement = 'inline';
	readonly concurrency: number;
	readonly build?: string;
	readonly timeoutMs?: number;
	readonly retry?: NonNullable<CapabilityDeclaration['retry']>;
	readonly sessions?: NonNullable<CapabilityDeclaration['sessions']>;
	readonly addresses?: readonly string[];
	readonly unplanned?: true;
	readonly #schemas: { readonly input: JsonObject; readonly output: JsonObject };
	#input: z.ZodType | undefined;
	#output: z.ZodType | undefined;

	constructor(read: Declaration) {
		this.name = read.name;
		this.version = read.version;
		this.summary = read.summary;
		this.effects = read.effects;
		this.pure = read.pure;
		this.concurrency = read.concurrency;
		if (read.build !== undefined) this.build = read.build;
		if (read.timeoutMs !== undefined) this.timeoutMs = read.timeoutMs;
		if (read.retry !== undefined) this.retry = read.retry;
		if (read.sessions !== undefined) this.sessions = read.sessions;
		if (read.addresses !== undefined) this.addresses = read.addresses;
		if (read.unplanned === true) this.unplanned = true;
		this.#schemas = read as { input: JsonObject; output: JsonObject };
	}

	get input(): z.ZodType {
		this.#input ??= schemaFromJson(this.#schemas.input);
		return this.#input;
	}

	/** Where nothing is said, anything may come out. */
	get output(): z.ZodType {
		const { output } = this.#schemas;
		this.#output ??= Object.keys(output).length === 0 ? z.unknown() : schemaFromJson(output);
		return this.#output;
	}
}
