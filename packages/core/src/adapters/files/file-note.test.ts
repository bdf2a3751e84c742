import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileNote } from './file-note.ts';

test('a note is what was saved last, in a folder it makes itself', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'errand-note-'));
	try {
		const path = join(folder, 'frontends', 'telegram.json');
		expect(await new FileNote(path).load()).toBeUndefined();
		const note = new FileNote(path);
		await Promise.all([note.save('1'), note.save('22'), note.save('3')]);
		expect(await new FileNote(path).load()).toBe('3');
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
