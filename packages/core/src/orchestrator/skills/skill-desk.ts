import { CoreError, describeError } from '../../domain/errors.ts';
import { isJsonObject, type Json } from '../../domain/json.ts';
import { suitableSkills } from '../../domain/skill/suitable-skills.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { INote } from '../../ports/note.ts';
import type { ISkillFiles, SkillFolder, SkillText } from '../../ports/skill-files.ts';
import type { Principal } from '../desks/desk.ts';
import type { ISkillDesk, SkillView } from '../desks/skills.ts';
import { refuseGuests } from '../people/refuse-guests.ts';

interface Dependencies {
	/** The operator's folder; loaded with its first use. */
	readonly files: () => Promise<ISkillFiles>;
	/** Which are switched off. */
	readonly note: INote;
	/** Instructions are for a language model; without one nobody follows them. */
	readonly hasModel: boolean;
	readonly log: ILogger;
}

/** More would tell a model too many things at once. */
const USED_AT_ONCE = 2;
const NO_MODEL =
	'Skills are instructions for a language model, and none is connected here, so they are shown but not used. `npm run setup-model` connects one.';

/** SkillDesk shows the operator's skills, keeps which are switched off, and finds those that suit a goal. */
export class SkillDesk implements ISkillDesk {
	readonly unused: string | undefined;
	readonly #deps: Dependencies;
	/** One change after the other: each reads what is kept and writes it anew. */
	#changing: Promise<void> = Promise.resolve();

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.unused = deps.hasModel ? undefined : NO_MODEL;
	}

	async list(principal: Principal): Promise<readonly SkillView[]> {
		const skills = await this.#all();
		if (skills.length === 0) return [];
		const off = await this.#off();
		return Promise.all(skills.map((skill) => this.#view(principal, skill, off)));
	}

	async get(principal: Principal, name: string): Promise<SkillView & { readonly text: string }> {
		refuseGuests(principal, 'Guests do not read the instructions of skills.');
		const skill = await this.#found(name);
		return { ...(await this.#view(principal, skill, await this.#off())), text: skill.text };
	}

	async setEnabled({ role }: Principal, name: string, enabled: boolean): Promise<void> {
		if (role !== 'owner')
			throw new CoreError('forbidden', 'Only the owner may switch skills on and off.', { hint: 'Ask the owner.' });
		await this.#found(name);
		const changed = this.#changing.then(async () => {
			const off = await this.#off();
			if (off.has(name) !== enabled) return;
			const next = enabled ? [...off].filter((one) => one !== name) : [...off, name];
			await this.#deps.note.save(JSON.stringify({ off: next.toSorted() }));
		});
		this.#changing = changed.catch(() => undefined);
		return changed;
	}

	/** Those that suit a goal, best first, two at most; none rather than a planner kept waiting by a folder that cannot be read. */
	async suiting(goal: string): Promise<readonly SkillText[]> {
		try {
			const usable = (await this.#all()).filter(({ problem }) => problem === undefined);
			if (usable.length === 0) return [];
			const off = await this.#off();
			const on = usable.filter(({ name }) => !off.has(name));
			return suitableSkills(goal, on, USED_AT_ONCE);
		} catch (error) {
			this.#deps.log.warn('skills not read', { error: describeError(error) });
			return [];
		}
	}

	async #all(): Promise<readonly SkillFolder[]> {
		return (await this.#deps.files()).list();
	}

	async #found(name: string): Promise<SkillFolder> {
		const skills = await this.#all();
		const skill = skills.find((one) => one.name === name);
		if (skill !== undefined) return skill;
		const names = skills.map((one) => one.name).slice(0, 20);
		throw new CoreError('not-found', `There is no skill "${name.slice(0, 100)}".`, {
			hint: names.length === 0 ? 'No skill is installed.' : `There are: ${names.join(', ')}.`,
		});
	}

	async #view({ role }: Principal, skill: SkillFolder, off: ReadonlySet<string>): Promise<SkillView> {
		const { name, description, path, bytes, allowedTools, problem } = skill;
		return {
			...{ name, description, bytes },
			path: role === 'owner' ? path : (path.split(/[/\\]/).at(-1) ?? name),
			enabled: problem === undefined && !off.has(name),
			files: await (await this.#deps.files()).filesBeside(skill),
			...(allowedTools === undefined ? {} : { allowedTools }),
			...(problem === undefined ? {} : { problem }),
		};
	}

	async #off(): Promise<ReadonlySet<string>> {
		const text = await this.#deps.note.load();
		if (text === undefined) return new Set();
		const kept = JSON.parse(text) as Json;
		const off = isJsonObject(kept) ? kept['off'] : undefined;
		return new Set(Array.isArray(off) ? (off as readonly Json[]).filter((one) => typeof one === 'string') : []);
	}
}
