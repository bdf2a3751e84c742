import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { CoreError } from '../../domain/errors.ts';
import { isJsonObject, type Json } from '../../domain/json.ts';
import { parseInput } from '../../domain/parse-input.ts';
import { WORKFLOW_LIMITS } from '../../domain/workflow/definition.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';

const FORMAT = 'errand-workflows';
const MAX_WORKFLOWS = 200;
const MAX_FILE = 20_000_000;

const ContentSchema = z.strictObject({
	format: z.literal(FORMAT),
	formatVersion: z.literal(1),
	exportedAt: z.string().max(40),
	workflows: z
		.array(
			z.strictObject({
				name: z.string().min(1).max(63),
				version: z.int().min(1),
				text: z.string().min(1).max(WORKFLOW_LIMITS.maxBytes),
				requires: z.array(z.string().min(1).max(200)).max(2_000),
			}),
		)
		.min(1)
		.max(MAX_WORKFLOWS),
});
const FileSchema = ContentSchema.extend({
	signature: z.strictObject({
		algorithm: z.literal('ed25519'),
		publicKey: z.string().max(100),
		fingerprint: z.string().max(100),
		hash: z.string().max(100),
		value: z.string().max(200),
	}),
});

/** SignedWorkflow is one workflow in such a file, with the capabilities it needs. */
export type SignedWorkflow = z.infer<typeof ContentSchema>['workflows'][number];

/** signWorkflows writes a file that another installation can tell to be whole, and whose it is. */
export function signWorkflows(
	workflows: readonly SignedWorkflow[],
	at: number,
	signer: Pick<IHistorySigner, 'publicKey' | 'sign'>,
): string {
	const content = { format: FORMAT, formatVersion: 1, exportedAt: new Date(at).toISOString(), workflows };
	const hash = hashOfContent(content as unknown as Json);
	const { publicKey } = signer;
	const signature = {
		...{ algorithm: 'ed25519', publicKey, fingerprint: fingerprintOf(publicKey), hash },
		value: signer.sign(signedText(hash)),
	};
	return `${JSON.stringify({ ...content, signature }, undefined, 2)}\n`;
}

/** readSignedWorkflows reads such a file; throws `invalid-signature` for one that was changed, `invalid-input` for one that is none. */
export function readSignedWorkflows(file: string): {
	readonly workflows: readonly SignedWorkflow[];
	readonly key: string;
	readonly fingerprint: string;
} {
	const { signature, ...content } = parseInput(FileSchema, parsed(file), 'The file of workflows');
	const { publicKey, hash, value } = signature;
	if (hash !== hashOfContent(content as unknown as Json)) {
		throw invalid('its content is not what was signed');
	}
	if (!isSignedBy(publicKey, signedText(hash), value)) throw invalid('its signature does not fit its key');
	return { workflows: content.workflows, key: publicKey, fingerprint: fingerprintOf(publicKey) };
}

/** fingerprintOf is a key in a form that people can compare. */
export function fingerprintOf(publicKey: string): string {
	const hash = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 32);
	return hash.match(/.{4}/g)?.join(' ') ?? hash;
}

/** The key signs history as well: what is signed says which of the two it is. */
function signedText(hash: string): string {
	return `${FORMAT}/1\n${hash}`;
}

function isSignedBy(publicKey: string, text: string, signature: string): boolean {
	const raw = Buffer.from(publicKey, 'base64');
	if (raw.length !== 32) return false;
	const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
	return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

function hashOfContent(content: Json): string {
	return createHash('sha256').update(canonical(content)).digest('hex');
}

/** The same for the same content, in whatever order its members stand. */
function canonical(value: Json): string {
	if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
	if (!isJsonObject(value)) return JSON.stringify(value);
	const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
	return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

function parsed(file: string): unknown {
	if (file.length > MAX_FILE) {
		throw new CoreError('too-large', `The file has ${file.length} characters; at most ${MAX_FILE} are taken.`, {
			hint: 'Export fewer workflows at once.',
		});
	}
	try {
		return JSON.parse(file);
	} catch (error) {
		throw new CoreError('invalid-input', 'The file of workflows is no JSON.', {
			hint: 'Take it as it was exported.',
			cause: error,
		});
	}
}

function invalid(why: string): CoreError {
	return new CoreError('invalid-signature', `The file of workflows cannot be trusted: ${why}.`, {
		hint: 'Have it exported again and carried over unchanged. Nothing was taken in.',
	});
}
