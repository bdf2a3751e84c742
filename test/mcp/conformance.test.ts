import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startEverythingServer } from './fixture/everything-server.ts';

const SUITE = resolve(import.meta.dirname, 'official/node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** Checks that do not apply, and why. */
const NOT_OURS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
	'2025-11-25': {},
	// A scenario that the suite marks as pending: arguments that clients repeat in headers, for proxies to route by. No tool of
	// ours has one, so it finds nothing to look at.
	'2026-07-28': Object.fromEntries(
		[
			'decode-base64',
			'no-xmcp-tool',
			'reject-invalid-param-chars',
			'reject-param-mismatch',
			'validate-param-match',
		].map((check) => [`sep-2243-server-${check}`, expect.stringContaining('no tool with x-mcp-header')]),
	),
};

const ChecksSchema = z.array(
	z.looseObject({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }),
);

let server: Awaited<ReturnType<typeof startEverythingServer>>;
beforeAll(async () => {
	server = await startEverythingServer();
});
afterAll(() => server.stop());

describe.skipIf(!existsSync(SUITE))('the official conformance suite', () => {
	it.concurrent.each(['2025-11-25', '2026-07-28'])('finds nothing wrong by revision %s', async (revision) => {
		const failed = await failures(['--url', server.url, '--requirements', revision]);
		expect(failed).toEqual(NOT_OURS[revision]);
	});
});

/** What the suite found wrong, by scenario and check. */
async function failures(args: readonly string[]): Promise<Record<string, string>> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-conformance-'));
	try {
		await new Promise<void>((done) => {
			execFile(process.execPath, [SUITE, 'server', ...args, '--output-dir', folder], () => done());
		});
		const found: Record<string, string> = {};
		const files = globSync('**/checks.json', { cwd: folder });
		expect(files.length).toBeGreaterThan(20);
		for (const file of files) {
			for (const { id, status, errorMessage } of ChecksSchema.parse(
				JSON.parse(readFileSync(join(folder, file), 'utf8')),
			)) {
				if (status === 'FAILURE') found[id] = errorMessage ?? '';
			}
		}
		return found;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
