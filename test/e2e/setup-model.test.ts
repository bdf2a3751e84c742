import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { says, sends, startModelServer } from '@errand/core/models/fixture/model-server.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-setup-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function setupModel(argv: readonly string[], input: string) {
	const child = spawn('node', [join(ROOT, 'apps/gateway/src/setup-model/main.ts'), ...argv], {
		cwd: folder,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	child.stdin.end(input);
	const [stdout, stderr, status] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((done) => child.on('close', done)),
	]);
	return { stdout, stderr, status };
}

it('sets a model up from piped answers, tries it and writes it', async () => {
	const server = await startModelServer((response, asked) =>
		(asked.path === '/v1/models' ? sends({ data: [{ id: 'qwen' }] }) : says('ready'))(response, asked),
	);
	try {
		const file = join(folder, 'my.env');
		const typed = ['--provider', 'other', '--url', server.url, '--file', file];
		const { stdout, stderr, status } = await setupModel(typed, 'sk-secret\n1\n');
		expect(stderr).toBe('');
		expect(stdout).toContain('It works');
		expect(stdout).not.toContain('sk-secret');
		expect(status).toBe(0);
		expect(await readFile(file, 'utf8')).toBe(
			`OPENAI_API_KEY=sk-secret\nOPENAI_BASE_URL=${server.url}\nOPENAI_MODEL=qwen\n`,
		);
	} finally {
		await server.stop();
	}
});

it('ends with 2 and the usage on an option it does not know', async () => {
	const { stderr, status } = await setupModel(['--nonsense'], '');
	expect(stderr).toContain('npm run setup-model');
	expect(status).toBe(2);
});

it('ends with 1 and writes nothing when the answers end too early', async () => {
	const file = join(folder, 'my.env');
	const { stderr, status } = await setupModel(['--provider', 'other', '--file', file], '');
	expect(stderr).toContain('Nothing was written');
	expect(status).toBe(1);
	await expect(readFile(file)).rejects.toThrow();
});
