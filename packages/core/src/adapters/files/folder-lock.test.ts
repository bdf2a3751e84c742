import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockAbandoned, lockFolder } from './folder-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a folder is held by one at a time, and found abandoned once let go', () => {
	const one = lockFolder(join(root, 'one'));
	expect(lockFolder(join(root, 'one'))).toBeUndefined();
	const two = lockFolder(join(root, 'two'));
	expect(lockAbandoned(root)).toEqual([]);
	one?.release();
	one?.release();
	const [abandoned, ...more] = lockAbandoned(root);
	expect([abandoned?.folder, more]).toEqual([join(root, 'one'), []]);
	abandoned?.lock.release();
	two?.release();
	expect(readdirSync(root)).toEqual(['one', 'two']);
	expect(lockAbandoned(join(root, 'none'))).toEqual([]);
});
