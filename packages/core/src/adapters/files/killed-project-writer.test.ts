import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';

it('a project’s file is whole after its writer was killed in the middle, wherever that was', async () => {
	const root = await realpath(await mkdtemp(join(tmpdir(), 'errand-project-')));
	const module = new URL('./project-files.ts', import.meta.url).href;
	const program = `import { ProjectFiles } from '${module}';
		const files = new ProjectFiles();
		for (let n = 0; ; n++) {
			await files.write(${JSON.stringify(root)}, 'a.json', JSON.stringify(Array(200_000).fill(n % 10)));
			if (n === 2) console.log('under way');
		}`;
	try {
		for (const afterMs of [1, 4, 9]) {
			const child = execFile(process.execPath, ['--input-type=module', '-e', program]);
			await new Promise((resolve) => child.stdout?.once('data', resolve));
			await wait(afterMs);
			const exited = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGKILL');
			await exited;
			expect(JSON.parse(await readFile(join(root, 'a.json'), 'utf8'))).toHaveLength(200_000);
		}
	} finally {
		await rm(root, { recursive: true, force: true });
	}
});
