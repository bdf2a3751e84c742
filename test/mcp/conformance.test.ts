import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startEverythingServer } from './fixture/everything-server.ts';
import { startWithToken } from './fixture/with-token.ts';

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

/** Scenarios that name no tools, resources or prompts; the others call what only the suite's own server has. */
const OF_ANY_SERVER: Readonly<Record<string, readonly string[]>> = {
	'2025-11-25': [
		...['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list', 'dns-rebinding-protection'],
		'server-session-lifecycle',
	],
	'2026-07-28': [
		...['tools-list', 'resources-list', 'prompts-list', 'dns-rebinding-protection', 'sep-2164-resource-not-found'],
		'http-header-validation',
	],
};

let server: Awaited<ReturnType<typeof startEverythingServer>>;
let errand: Awaited<ReturnType<typeof startWithToken>>;
beforeAll(async () => {
	[server, errand] = await Promise.all([startEverythingServer(), startWithToken()]);
});
afterAll(() => Promise.all([server.stop(), errand.stop()]));

describe.skipIf(!existsSync(SUITE))('the official conformance suite', () => {
	it.concurrent.each(['2025-11-25', '2026-07-28'])(
		'finds nothing wrong with Errand itself by revision %s',
		async (revision) => {
			const failed = await failures(['--url', errand.url, '--requirements', revision]);
			const scenarios = OF_ANY_SERVER[revision] ?? [];
			expect(scenarios.map((scenario) => [scenario, failed.get(scenario)])).toEqual(
				scenarios.map((each) => [each, {}]),
			);
		},
	);

	it.concurrent.each(['2025-11-25', '2026-07-28'])('finds nothing wrong by revision %s', async (revision) => {
		const failed = await failures(['--url', server.url, '--requirements', revision]);
		expect(Object.assign({}, ...failed.values())).toEqual(NOT_OURS[revision]);
	});
});

/** What the suite found wrong, by scenario and check; a scenario that ran without a fault has none. */
async function failures(args: readonly string[]): Promise<ReadonlyMap<string, Record<string, string>>> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-conformance-'));
	try {
		await new Promise<void>((done) => {
			execFile(process.execPath, [SUITE, 'server', ...args, '--output-dir', folder], () => done());
		});
		const files = globSync('**/checks.json', { cwd: folder });
		expect(files.length).toBeGreaterThan(20);
		return new Map(
			files.map((file) => {
				const checks = ChecksSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
				const failed = checks.filter(({ status }) => status === 'FAILURE');
				const [, scenario = file] = /server-(.+?)-\d{4}-\d{2}-\d{2}T/.exec(file) ?? [];
				return [scenario, Object.fromEntries(failed.map(({ id, errorMessage = '' }) => [id, errorMessage]))];
			}),
		);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
