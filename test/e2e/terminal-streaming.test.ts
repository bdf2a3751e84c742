import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageErrand, startPageErrand } from '../harness/page-errand.ts';
import { WritingDesk } from '../harness/writing-desk.ts';

const TERMINAL = resolve(import.meta.dirname, '../../apps/frontends/src/terminal/main.ts');
const SCRIPT = '/usr/bin/script';
const TEXT = 'A **heat pump** moves heat.\n\n| Kind | Price |\n|---|--:|\n| Air | 18,000 |\n\nThe end.';
const ATTACK = 'A **heat\u001b]0;owned\u0007 pu\u001b[2J';

describe.skipIf(process.platform !== 'linux' || !existsSync(SCRIPT))('an answer in the terminal', () => {
	let desk: WritingDesk;
	let errand: PageErrand;
	const children: ChildProcess[] = [];

	beforeAll(async () => {
		desk = await WritingDesk.open(() => undefined);
		errand = await startPageErrand(desk);
		await errand.ports.claim.publish(errand.url);
	});
	afterAll(async () => {
		for (const child of children) child.kill();
		await errand?.stop();
		await desk?.close();
	});

	/** With a terminal of its own (`script` makes one), or with its output piped. */
	function chat(goal: string, way: 'terminal' | 'piped') {
		const command = [process.execPath, TERMINAL, goal];
		const typed = command.map((word) => `'${word}'`).join(' ');
		const [program = '', ...args] =
			way === 'piped' ? command : [SCRIPT, '-qfec', `stty rows 30 cols 90; ${typed}`, '/dev/null'];
		const { NO_COLOR: _, ...env } = process.env;
		const child = spawn(program, args, {
			stdio: [way === 'piped' ? 'ignore' : 'pipe', 'pipe', 'inherit'],
			env: { ...env, TERM: 'xterm', ERRAND_DATA_DIR: errand.dataDir, ERRAND_TOKEN: errand.token },
		});
		children.push(child);
		let output = '';
		child.stdout?.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
		const ended = new Promise<number | null>((done) => child.once('close', done));
		return { ended, output: () => output };
	}

	it('is printed while it is written, without what would steer the terminal, and then whole', async () => {
		const { ended, output } = chat('What is a heat pump?', 'terminal');
		const pen = await desk.pen();
		// A word that comes before anybody follows the task is not heard; the next one holds it too.
		const writing = setInterval(() => pen.write(ATTACK), 50);
		await expect.poll(output).toContain('heat pu');
		clearInterval(writing);
		expect(output()).not.toContain('The end.');
		pen.finish({
			kind: 'answer',
			by: 'model:tiny',
			method: 'model',
			text: TEXT,
			usage: { tokens: 1_200, microUsd: 0 },
		});
		expect(await ended).toBe(0);
		expect(output()).not.toContain('owned');
		expect(output()).not.toContain('\u001b[2J');
		const lines = plain(output());
		const whole = lines.slice(lines.lastIndexOf('A heat pump moves heat.'));
		expect(whole.slice(0, 6)).toEqual([
			'A heat pump moves heat.',
			'',
			'Kind │  Price',
			'─────┼───────',
			'Air  │ 18,000',
			'',
		]);
		expect(whole.slice(6, 8)).toEqual(['The end.', '']);
		expect(whole.slice(8).join(' ')).toMatch(/language model tiny.*Used 1,200 tokens\./);
	});

	it('is printed once and plain where the output is piped', async () => {
		const { ended, output } = chat('Again', 'piped');
		const pen = await desk.pen();
		for (let count = 0; count < 10; count++) {
			pen.write(`Not yet ${count}`);
			await new Promise((done) => setTimeout(done, 60));
		}
		pen.finish({ kind: 'answer', by: 'rules:test', method: 'rules', text: TEXT });
		expect(await ended).toBe(0);
		expect(output()).toBe(
			['A heat pump moves heat.', '', 'Kind │  Price', '─────┼───────', 'Air  │ 18,000', '', 'The end.', ''].join('\n'),
		);
	});
});

function plain(output: string): string[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: it takes them out
	const lines = output.replace(/\u001b\[[\d;?]*[a-zA-Z]/g, '').split(/\r*\n/);
	return lines.map((line) => line.replaceAll('\r', '').trimEnd());
}
