import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSkill } from './read-skill.ts';
import { SkillFolders } from './skill-folders.ts';

let root: string;
let now = 0;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'errand-skills-'));
	now = 0;
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function install(name: string, text: string | Buffer): Promise<string> {
	const path = join(root, 'skills', name);
	await mkdir(path, { recursive: true });
	await writeFile(join(path, 'SKILL.md'), text);
	return path;
}

const good = (name: string, words = 'Look twice.') => `---\nname: ${name}\ndescription: For tests.\n---\n\n${words}\n`;

function folders(): SkillFolders {
	return new SkillFolders({ folder: join(root, 'skills'), now: () => now });
}

it('reads skills with what lies beside them, and again what changed', async () => {
	const skills = folders();
	expect(await skills.list()).toEqual([]);
	const path = await install('one', good('one'));
	await mkdir(join(path, 'scripts'));
	await writeFile(join(path, 'scripts', 'run.sh'), 'exit 1');
	await writeFile(join(path, '.hidden'), '');
	now += 1_000;
	const [one] = await skills.list();
	expect(one).toMatchObject({ name: 'one', description: 'For tests.', text: 'Look twice.', path });
	expect(await skills.filesBeside({ path })).toEqual(['scripts/run.sh']);
	await writeFile(join(path, 'SKILL.md'), good('one', 'Look three times.'));
	await utimes(join(path, 'SKILL.md'), 1, 1);
	expect((await skills.list())[0]).toBe(one);
	now += 1_000;
	expect((await skills.list())[0]?.text).toBe('Look three times.');
	await rm(path, { recursive: true });
	now += 1_000;
	expect(await skills.list()).toEqual([]);
});

it('loads nothing from outside, nothing huge, nothing that is no text, and says why', async () => {
	await mkdir(join(root, 'elsewhere'));
	await writeFile(join(root, 'elsewhere', 'SKILL.md'), good('elsewhere'));
	await install('big', good('big', 'x'.repeat(70_000)));
	await install('bytes', Buffer.from([0x2d, 0x2d, 0x2d, 0xff]));
	await install('bomb', '---\nname: &a [x, x]\nb: [*a, *a]\n---\nx');
	await symlink(join(root, 'elsewhere'), join(root, 'skills', 'linked'));
	const loop = await install('loop', good('loop'));
	await symlink(loop, join(loop, 'again'));
	await mkdir(join(root, 'skills', 'folder', 'SKILL.md'), { recursive: true });
	await install('zwei', good('loop'));
	await mkdir(join(root, 'skills', 'empty'));
	const skills = folders();
	const all = await skills.list();
	expect(all.map(({ name, problem, text }) => [name, problem === undefined, text !== '']).toSorted()).toEqual(
		[
			['big', false, false],
			['bomb', false, false],
			['bytes', false, false],
			['folder', false, false],
			['linked', false, false],
			['loop', false, false],
			['loop', true, true],
		].toSorted(),
	);
	expect(all.find(({ name }) => name === 'linked')?.problem).toContain('outside');
	expect(await skills.filesBeside({ path: loop })).toEqual([]);
});

it('reads front matter as other agents do', () => {
	const read = (head: string) => readSkill(`---\n${head}\n---\nText`, 'folder-name');
	expect(read('name: a-b\ndescription: Reads. Use when: asked\nallowed-tools: Bash(git:*, x) web.read')).toMatchObject({
		...{ ok: true, name: 'a-b', description: 'Reads. Use when: asked' },
		allowedTools: ['Bash(git:*, x)', 'web.read'],
	});
	expect(read('description: >\n  Folded\n  words\nallowed-tools: [Read, web.*]\nmetadata: { a: 1 }')).toMatchObject({
		...{ ok: true, name: 'folder-name', description: 'Folded words', allowedTools: ['Read', 'web.*'] },
	});
	expect(read('name: Not A Name\ndescription: x')).toMatchObject({
		ok: false,
		problem: expect.stringContaining('Not A'),
	});
	expect(read('name: a')).toMatchObject({ ok: false });
	expect(readSkill('---\nname: a\ndescription: b\n---\n', 'a')).toMatchObject({ ok: false });
});
