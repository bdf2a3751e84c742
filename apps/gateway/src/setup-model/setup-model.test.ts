import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { type Answer, fails, says, sends, startModelServer } from '@errand/core/models/fixture/model-server.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAsker } from '../setup/asker.ts';
import { parseArguments } from './arguments.ts';
import { setUpModel } from './setup-model.ts';

let folder: string;
let server: Awaited<ReturnType<typeof startModelServer>>;
const routes: Record<string, Answer> = {};

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-setup-model-'));
	server = await startModelServer((response, asked) => (routes[asked.path] ?? fails(404))(response, asked));
	routes['/v1/models'] = sends({ data: [{ id: 'text-embedding-1' }, { id: 'qwen' }, { id: 'llama' }] });
	routes['/v1/chat/completions'] = says('ready');
});

afterEach(async () => {
	await server.stop();
	await rm(folder, { recursive: true });
});

/** Runs the set-up with these lines typed; what it showed, and what the file then holds. */
async function setUp(argv: readonly string[], lines: readonly string[] = []) {
	const input = new PassThrough();
	const output = new PassThrough();
	const shown: string[] = [];
	output.on('data', (lot: Buffer) => shown.push(lot.toString()));
	const asker = openAsker(input, output);
	input.end(lines.map((line) => `${line}\n`).join(''));
	const file = join(folder, '.env');
	const written = await setUpModel({
		asker,
		typed: parseArguments(argv),
		file,
		clock: new SystemClock(),
		signal: new AbortController().signal,
	}).finally(() => asker.close());
	return { written, shown: shown.join(''), text: await readFile(file, 'utf8').catch(() => undefined), file };
}

const other = () => ['--provider', 'other', '--url', server.url];

describe('setting up a model', () => {
	it('asks for what is open, tries it, and writes it for nobody else to read', async () => {
		await writeFile(join(folder, '.env'), '# mine\nPORT=4000\nOPENAI_MODEL=old\n', { mode: 0o644 });
		const { written, shown, text, file } = await setUp(other(), ['sk-secret', '2']);
		expect(written).toBe(true);
		expect(text).toBe(
			`# mine\nPORT=4000\nOPENAI_MODEL=llama\nOPENAI_API_KEY=sk-secret\nOPENAI_BASE_URL=${server.url}\n`,
		);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect(shown).toMatch(/1\. qwen\s+2\. llama\s+3\. another/);
		expect(shown).toMatch(/It works: stand-in-1 replied in \d+ ms \(first word after \d+ ms\), 15 tokens/);
		expect(shown).toContain('It said: ready');
		expect(shown).not.toContain('sk-secret');
		expect(server.asked.at(-1)?.body.model).toBe('llama');
	});

	it('asks nothing when all is said by options', async () => {
		const { written, text } = await setUp([...other(), '--key', '-', '--price', '1,5', '--yes'], ['sk-secret']);
		expect(written).toBe(true);
		expect(text).toBe(`OPENAI_API_KEY=sk-secret\nOPENAI_BASE_URL=${server.url}\nOPENAI_MODEL=qwen\nOPENAI_PRICE=1,5\n`);
	});

	it('finds the models of an Ollama, and takes out what meant another server', async () => {
		await writeFile(join(folder, '.env'), 'OPENAI_API_KEY=sk-old\nOPENAI_BASE_URL=http://old/v1\n');
		routes['/api/tags'] = sends({
			models: [
				{ name: 'small', size: 1 },
				{ name: 'large', size: 2 },
			],
		});
		const { text } = await setUp(['--provider', 'ollama', '--url', server.host, '--yes']);
		expect(text).toBe(`OPENAI_MODEL=large\nOLLAMA_HOST=${server.host}\n`);
	});

	it('says what was seen when the test fails, and writes only if it is told to', async () => {
		routes['/v1/chat/completions'] = fails(401, { message: 'Wrong key sk-secret.' });
		const refused = await setUp([...other(), '--model', 'qwen'], ['sk-secret', '']);
		expect(refused).toMatchObject({ written: false, text: undefined });
		expect(refused.shown).toMatch(/It does not work: .*401.*\n.*OPENAI_API_KEY.*\nWrite it to \.env all the same\?/s);
		expect(refused.shown).not.toContain('sk-secret');
		expect(await setUp([...other(), '--model', 'qwen'], ['sk-secret', 'y'])).toMatchObject({ written: true });
	});

	it('writes nothing after a failed test without questions, unless told to', async () => {
		routes['/v1/chat/completions'] = fails(403);
		const typed = [...other(), '--model', 'qwen', '--yes'];
		expect(await setUp(typed)).toMatchObject({ written: false, text: undefined });
		expect(await setUp([...typed, '--write-anyway'])).toMatchObject({ written: true });
	});

	it('asks again for a choice that is none, and for a model by name where none is listed', async () => {
		expect((await setUp(other(), ['', 'x', '9', '1'])).text).toContain('OPENAI_MODEL=qwen');
		routes['/v1/models'] = fails(404);
		const { text, shown } = await setUp(other(), ['', '', 'mine']);
		expect(text).toContain('OPENAI_MODEL=mine');
		expect(shown).toContain('cannot be listed');
	});

	it('ends when the person leaves, with nothing written', async () => {
		await expect(setUp(other(), [])).rejects.toMatchObject({ code: 'cancelled' });
		await expect(readFile(join(folder, '.env'))).rejects.toThrow();
	});

	it.each([
		[['--key', 'sk-secret'], 'can be seen by everyone'],
		[['--provider', 'aol'], 'none of'],
		[['--colour'], 'colour'],
	])('refuses %j', async (argv, words) => {
		expect(() => parseArguments(argv)).toThrow(words);
	});

	it.each([
		[['--yes'], '--provider'],
		[['--yes', '--provider', 'other'], '--url'],
		[['--yes', '--provider', 'openai'], '--key -'],
	])('says what is missing of %j', async (argv, flag) => {
		await expect(setUp(argv)).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining(flag) });
	});

	it('refuses an address that is none before it asks on', async () => {
		await expect(setUp(['--yes', '--provider', 'other', '--url', 'nowhere'])).rejects.toMatchObject({
			code: 'invalid-config',
			message: expect.stringContaining('OPENAI_BASE_URL'),
		});
	});
});
