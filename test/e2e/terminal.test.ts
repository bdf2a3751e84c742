import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

const TERMINAL = resolve(import.meta.dirname, '../../apps/frontends/src/terminal/main.ts');

describe('the terminal', () => {
	let site: LoopbackSite;
	let errand: ErrandProcess;
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'errand-terminal-'));
		const slow = (_request: unknown, response: ServerResponse) => {
			response.writeHead(200, { 'Content-Type': 'text/html' }).write('<p>One moment');
		};
		site = await serveSite({ '/slow': slow, '/slow-too': slow });
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
	});
	afterAll(async () => {
		await errand.dispose();
		await site.stop();
		await rm(folder, { recursive: true, force: true });
	});

	function chat(args: readonly string[], options: { input?: string; dataDir?: string } = {}) {
		const child = spawn(process.execPath, [TERMINAL, ...args], {
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...process.env, ERRAND_DATA_DIR: options.dataDir ?? errand.dataDir },
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (chunk: Buffer) => {
				output += chunk.toString();
			});
		}
		child.stdin.end(options.input ?? '');
		const ended = new Promise<{ code: number | null; output: string }>((done) =>
			child.once('close', (code) => done({ code, output })),
		);
		return { child, ended, output: () => output };
	}

	it('answers one goal in plain lines and exits with 0', async () => {
		const { code, output } = await chat(['hello']).ended;
		expect(code, output).toBe(0);
		expect(output.trim()).not.toBe('');
		expect(output).not.toMatch(/(?!\n)\p{Cc}/u);
	});

	it('takes text piped in as the goal', async () => {
		expect((await chat([], { input: 'hello\n' }).ended).code).toBe(0);
	});

	it('prints no escape sequence that a file brought along', async () => {
		const paths = [join(folder, 'one.txt'), join(folder, 'two.txt')];
		for (const [index, path] of paths.entries()) {
			const price = `The price is ${index + 1}0 euro \u001b[2J\u001b]0;owned\u0007\u009b1mper month.`;
			await writeFile(path, `${price} The notice period is 30 days.\n`);
		}
		const { output } = await chat([...paths.flatMap((path) => ['--file', path]), 'compare', 'these', 'by', 'price'])
			.ended;
		expect(output).toContain('plan:');
		expect(output).not.toMatch(/(?!\n)\p{Cc}/u);
	});

	it('exits with 2 for wrong use', async () => {
		expect((await chat(['--nonsense']).ended).code).toBe(2);
		expect((await chat(['--file', join(folder, 'missing.pdf'), 'read it']).ended).code).toBe(2);
		const nothing = await chat([]).ended;
		expect(nothing.code).toBe(2);
		expect(nothing.output).toContain('Usage:');
	});

	it('exits with 1 when the task failed, says what to do, and promises no retry that does not come', async () => {
		const { code, output } = await chat([`Compare ${site.origin}/none and ${site.origin}/none-too`]).ended;
		expect(code, output).toBe(1);
		expect(output).toContain('gave up:');
		expect(output).toContain('Check the address');
		expect(output).not.toContain('will be tried again');
	});

	it('stops the task when it is interrupted, and exits with 1', async () => {
		const { child, ended, output } = chat([`Compare ${site.origin}/slow and ${site.origin}/slow-too`]);
		await expect.poll(output).toContain('running:');
		child.kill('SIGINT');
		const { code } = await ended;
		expect(code).toBe(1);
		expect(output()).toContain('Stopped.');
		const { tasks } = (await (await errand.call('GET', '/v1/tasks?limit=1')).json()) as { tasks: { status: string }[] };
		expect(tasks[0]?.status).toBe('cancelled');
	});

	it('starts a server where none runs, and stops it again', async () => {
		const dataDir = join(folder, 'data');
		const { code, output } = await chat(['hello'], { dataDir }).ended;
		expect(code, output).toBe(0);
		await expect.poll(() => existsSync(join(dataDir, 'gateway.json'))).toBe(false);
	});
});
