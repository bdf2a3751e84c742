import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { asStreamId } from '../../domain/ids.ts';
import { openHistorySigner } from '../files/history-signer.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'history.db');
const keyPath = join(folder, 'history.key');
const streams = 20;

/** Appends to many streams at once, each as fast as it can, and prints `<stream> <seq>` for each append that was acknowledged. */
const writer = `
	import { openHistorySigner } from ${JSON.stringify(new URL('../files/history-signer.ts', import.meta.url).href)};
	import { openSqliteStore } from ${JSON.stringify(new URL('./open-sqlite-store.ts', import.meta.url).href)};
	const { events } = openSqliteStore({ path: ${JSON.stringify(path)}, signer: openHistorySigner(${JSON.stringify(keyPath)}) });
	for (let number = 0; number < ${streams}; number++) void (async () => {
		const stream = 'task-' + number;
		let seq = (await events.read(stream, 0, 1_000_000)).length;
		for (;;) {
			const facts = [{ type: 'Counted', v: 1, data: { seq: seq + 1, filler: 'x'.repeat(200) } }];
			const result = await events.append({ stream, expectedSeq: seq, facts, at: Date.now() });
			if (result.kind !== 'appended') throw new Error(JSON.stringify(result));
			process.stdout.write(number + ' ' + ++seq + '\\n');
		}
	})();
`;

async function runAndKill(afterLines: number): Promise<Map<string, number>> {
	const child = spawn(process.execPath, ['--input-type=module', '--eval', writer], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let output = '';
	let lines = 0;
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
		lines += text.split('\n').length - 1;
		if (lines >= afterLines) child.kill('SIGKILL');
	});
	const [, signal] = await once(child, 'close');
	expect(signal).toBe('SIGKILL');
	const acknowledged = new Map<string, number>();
	// The last line may be torn.
	for (const line of output.split('\n').slice(0, -1)) {
		const [stream = '', seq = ''] = line.split(' ');
		acknowledged.set(stream, Number(seq));
	}
	return acknowledged;
}

it('has every acknowledged append after its process was killed in mid write, again and again', {
	timeout: 60_000,
}, async () => {
	for (const afterLines of [1, 150, 700, 1_900, 5_000]) {
		const acknowledged = await runAndKill(afterLines);
		const store = openSqliteStore({ path, signer: openHistorySigner(keyPath) });
		expect(await store.audit.verify()).toMatchObject({ ok: true });
		expect(acknowledged.size).toBeGreaterThan(0);
		for (const [stream, seq] of acknowledged) {
			const facts = await store.events.read(asStreamId(`task-${stream}`), 0, 1_000_000);
			expect(facts.length).toBeGreaterThanOrEqual(seq);
			expect(facts.map((fact) => fact.data['seq'])).toEqual(facts.map((_, index) => index + 1));
		}
		store.close();
	}
});
