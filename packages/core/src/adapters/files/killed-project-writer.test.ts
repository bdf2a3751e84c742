import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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

it('a project’s file that processes write over what they read loses nothing that any of them wrote', async () => {
	const root = await realpath(await mkdtemp(join(tmpdir(), 'errand-project-')));
	const module = new URL('./project-files.ts', import.meta.url).href;
	const program = (name: string) => `import { once } from 'node:events';
		import { ProjectFiles } from '${module}';
		const [files, root] = [new ProjectFiles(), ${JSON.stringify(root)}];
		console.error('ready');
		await once(process.stdin, 'data');
		let refused = 0;
		for (let n = 0; n < 40; ) {
			const seen = await files.read(root, 'a.json');
			const words = JSON.stringify([...JSON.parse(seen?.text ?? '[]'), '${name}' + n]);
			if ((await files.write(root, 'a.json', words, { over: seen?.mark.id ?? null })) === undefined) refused++;
			else n++;
		}
		console.log(refused);
		process.exit();`;
	const names = ['a', 'b', 'c'];
	const writers = names.map((name) => spawn(process.execPath, ['--input-type=module', '-e', program(name)]));
	try {
		const counts = writers.map(({ stdout }) => text(stdout));
		await Promise.all(writers.map(({ stderr }) => once(stderr, 'data')));
		for (const { stdin } of writers) stdin.write('go');
		const refused = (await Promise.all(counts)).reduce((sum, count) => sum + Number(count), 0);
		const words = JSON.parse(await readFile(join(root, 'a.json'), 'utf8')) as string[];
		expect(words.toSorted()).toEqual(names.flatMap((name) => [...Array(40).keys()].map((n) => name + n)).toSorted());
		// They did meet, and those that came late were told.
		expect(refused).toBeGreaterThan(0);
		expect(await readdir(root)).toEqual(['a.json']);
	} finally {
		for (const writer of writers) writer.kill('SIGKILL');
		await rm(root, { recursive: true, force: true });
	}
});
