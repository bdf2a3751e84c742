import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { describeError } from '../../domain/errors.ts';
import type { ISkillFiles, SkillFolder } from '../../ports/skill-files.ts';
import { hasCode } from './durable-file.ts';

interface Options {
	readonly folder: string;
	/** ms since 1970. */
	readonly now: () => number;
}

interface Read {
	/** Changes when the file does. */
	readonly stamp: string;
	readonly skill: SkillFolder;
}

const FILE = 'SKILL.md';
const MAX_FOLDERS = 200;
const MAX_BYTES = 65_536;
const MAX_FILES = 100;
const MAX_DEPTH = 4;
/** What was looked at so lately (ms) is not looked at again. */
const FRESH_MS = 1_000;

/** SkillFolders reads the skills of a folder, and again what changed; nothing outside of it, and it runs nothing. */
export class SkillFolders implements ISkillFiles {
	readonly #options: Options;
	#known: ReadonlyMap<string, Read> = new Map();
	#looked: { readonly at: number; readonly skills: Promise<readonly SkillFolder[]> } | undefined;

	constructor(options: Options) {
		this.#options = options;
	}

	list(): Promise<readonly SkillFolder[]> {
		const now = this.#options.now();
		const looked = this.#looked;
		if (looked !== undefined && now >= looked.at && now < looked.at + FRESH_MS) return looked.skills;
		const skills = this.#look();
		this.#looked = { at: now, skills };
		skills.catch(() => {
			this.#looked = undefined;
		});
		return skills;
	}

	async filesBeside({ path }: Pick<SkillFolder, 'path'>): Promise<readonly string[]> {
		const found: string[] = [];
		await collect(path, '', found, 0);
		return found.toSorted();
	}

	async #look(): Promise<readonly SkillFolder[]> {
		const { folder } = this.#options;
		let root: string;
		let names: string[];
		try {
			root = await realpath(folder);
			const entries = await readdir(root, { withFileTypes: true });
			names = entries.flatMap((entry) => (entry.isFile() || entry.name.startsWith('.') ? [] : entry.name));
		} catch (error) {
			if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
			throw error;
		}
		const read = await Promise.all(
			names
				.toSorted()
				.slice(0, MAX_FOLDERS)
				.map((name) => this.#read(root, name)),
		);
		this.#known = new Map(read.flatMap((one) => (one === undefined ? [] : [[one.skill.path, one] as const])));
		return unique([...this.#known.values()].map(({ skill }) => skill));
	}

	async #read(root: string, name: string): Promise<Read | undefined> {
		const path = join(root, name);
		const unusable = (problem: string, bytes = 0): Read => ({
			stamp: 'unread',
			skill: { name, description: '', text: '', path, bytes, problem },
		});
		try {
			const file = await realpath(join(path, FILE));
			if (!file.startsWith(root + sep)) return unusable('It is a link to somewhere outside of the folder of skills.');
			// Without waiting: of a pipe somebody would have to write.
			const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
			try {
				const status = await handle.stat();
				const { mtimeMs, size, ino } = status;
				if (!status.isFile()) return unusable(`Its ${FILE} is no file.`);
				const stamp = `${mtimeMs} ${size} ${ino}`;
				const known = this.#known.get(path);
				if (known?.stamp === stamp) return known;
				if (size > MAX_BYTES)
					return unusable(
						`Its ${FILE} has ${size} bytes; at most ${MAX_BYTES} are read. Move some into files beside it.`,
						size,
					);
				const buffer = Buffer.alloc(size);
				const { bytesRead } = await handle.read(buffer, 0, size, 0);
				// What reads YAML is loaded with the first skill.
				const { readSkill } = await import('./read-skill.ts');
				const text = textOf(buffer.subarray(0, bytesRead));
				if (text === undefined) return { ...unusable(`Its ${FILE} is no text in UTF-8.`, size), stamp };
				const result = readSkill(text, name);
				if (!result.ok) return { ...unusable(result.problem, size), stamp };
				const { ok: _, ...skill } = result;
				return { stamp, skill: { ...skill, path, bytes: size } };
			} finally {
				await handle.close();
			}
		} catch (error) {
			// A folder without one is none.
			if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
			return unusable(`Its ${FILE} cannot be read: ${describeError(error)}.`);
		}
	}
}

function textOf(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

/** Of two with one name the first counts; the other one says so. */
function unique(skills: readonly SkillFolder[]): readonly SkillFolder[] {
	const taken = new Map<string, SkillFolder>();
	const all = skills.map((skill): SkillFolder => {
		const first = taken.get(skill.name);
		if (first === undefined || skill.problem !== undefined) {
			if (skill.problem === undefined) taken.set(skill.name, skill);
			return skill;
		}
		return { ...skill, text: '', problem: `Another folder has the same name: ${first.path}` };
	});
	return all.toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

async function collect(folder: string, prefix: string, found: string[], depth: number): Promise<void> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	for (const entry of entries) {
		if (found.length >= MAX_FILES) return;
		const path = `${prefix}${entry.name}`;
		if (entry.name.startsWith('.') || path === FILE) continue;
		if (entry.isFile()) found.push(path);
		else if (entry.isDirectory() && depth < MAX_DEPTH)
			await collect(join(folder, entry.name), `${path}/`, found, depth + 1);
	}
}
