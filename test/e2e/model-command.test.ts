import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { tinyGguf } from '@errand/core/models/fixture/tiny-gguf.ts';
import { libraryFile } from '@errand/core/models/llama/llama-registry.ts';
import { LLAMA_VERSION } from '@errand/gateway/model/install-library.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-model-'));
	await writeFile(join(folder, 'My Tiny.gguf'), tinyGguf());
	// What is installed is not downloaded again: here a stand-in for it, which nobody has to download at all.
	const library = libraryFile(folder);
	await mkdir(join(library, '..'), { recursive: true });
	await writeFile(join(library, '../../package.json'), JSON.stringify({ type: 'module', version: LLAMA_VERSION }));
	const standIn = pathToFileURL(join(ROOT, 'packages/core/src/models/fixture/llama-library.ts'));
	await writeFile(library, `export * from '${standIn.href}';\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function model(...argv: string[]) {
	const child = spawn('node', [join(ROOT, 'apps/gateway/src/model/main.ts'), ...argv], {
		cwd: folder,
		env: { ...process.env, ERRAND_DATA_DIR: folder },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const [stdout, stderr, status] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((done) => child.on('close', done)),
	]);
	return { stdout, stderr, status };
}

it('adds a model that replied once, shows it, lets it reply again, and takes it off the list', async () => {
	const added = await model('add', 'My Tiny.gguf');
	expect(added).toMatchObject({ stderr: '', status: 0 });
	expect(added.stdout).toMatch(
		/my-tiny: llama, 0\.1 MB, chats, 2048 tokens\.\nLoaded in \d+ ms\.\nIt replied in \d+ ms/,
	);
	expect(JSON.parse(await readFile(join(folder, 'llama/models.json'), 'utf8'))).toMatchObject({
		models: [{ name: 'my-tiny', file: join(folder, 'My Tiny.gguf'), contextTokens: 2_048, embedding: false }],
	});
	expect((await model('list')).stdout).toContain(`llama/my-tiny  0.1 MB, 2048 tokens, ${join(folder, 'My Tiny.gguf')}`);
	expect((await model('try', 'llama/my-tiny', 'Hello', 'you')).stdout).toContain('Helloyou');
	expect(await model('add', 'My Tiny.gguf')).toMatchObject({ status: 2, stderr: expect.stringContaining('already') });
	expect((await model('remove', 'my-tiny')).stdout).toContain('Its file stays');
	expect((await model('list')).stdout).toContain('No model was added yet');
});

it('lists nothing that is no model or does not run, and says what was seen', async () => {
	await writeFile(join(folder, 'notes.gguf'), 'not a model');
	expect(await model('add', 'notes.gguf')).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('is no model file: it does not begin with GGUF'),
	});
	expect(await model('try', 'nobody')).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('No model “nobody”'),
	});
	expect(await model('add')).toMatchObject({ status: 2, stderr: expect.stringContaining('npm run model -- add') });
	expect((await model('list')).stdout).toContain('No model was added yet');
});
