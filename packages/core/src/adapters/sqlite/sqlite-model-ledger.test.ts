import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { FakeClock as Clock } from '../../testing/fake-clock.ts';
import { modelLedgerContract } from '../../testing/model-ledger.contract.ts';
import { SqliteModelLedger } from './sqlite-model-ledger.ts';

const cleanUps: (() => void)[] = [];
const cleanUp = () => {
	for (const act of cleanUps.splice(0).reverse()) act();
};
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

function aPath(): string {
	const folder = mkdtempSync(join(tmpdir(), 'errand-test-ledger-'));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	return join(folder, 'models.db');
}

function open(path: string, clock: FakeClock): SqliteModelLedger {
	const ledger = new SqliteModelLedger({ path, clock, log });
	cleanUps.push(() => ledger.close());
	return ledger;
}

modelLedgerContract(
	'SqliteModelLedger',
	async (clock) => {
		const path = aPath();
		return { ledger: open(path, clock), reopen: async () => open(path, clock) };
	},
	async () => cleanUp(),
);

afterEach(cleanUp);

test('lets only its owner read the book, and refuses a file that is something else', () => {
	const path = aPath();
	open(path, new Clock());
	expect(statSync(path).mode & 0o077).toBe(0);
	const other = aPath();
	writeFileSync(other, 'these are my notes, and they are longer than nothing');
	expect(() => open(other, new Clock())).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
});
