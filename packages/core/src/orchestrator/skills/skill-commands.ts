import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { ISkillDesk } from '../desks/skills.ts';

const SHOWN = 40;

/** runSkillCommand carries `/skills` out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runSkillCommand(
	desk: ISkillDesk | undefined,
	principal: Principal,
	rest: string,
): Promise<string> {
	if (desk === undefined) return 'This server has no skills.';
	const [, verb, name = ''] = /^\s*(on|off)\s+(\S+)\s*$/i.exec(rest) ?? [];
	try {
		if (verb !== undefined) {
			const enabled = verb.toLowerCase() === 'on';
			await desk.setEnabled(principal, name.toLowerCase(), enabled);
			return `The skill **${name.toLowerCase()}** is ${enabled ? 'on' : 'off'}.`;
		}
		const asked = rest.trim().toLowerCase();
		return asked === '' ? await listOf(desk, principal) : await oneOf(desk, principal, asked);
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

async function listOf(desk: ISkillDesk, principal: Principal): Promise<string> {
	const all = await desk.list(principal);
	if (all.length === 0) return 'No skill is installed. Each is a folder with a `SKILL.md` in the folder of skills.';
	const lines = all.slice(0, SHOWN).map(({ name, description, enabled, problem }) => {
		if (problem !== undefined) return `- **${name}** – not loaded: ${problem}`;
		return `- **${name}** ${description.length > 160 ? `${description.slice(0, 159)}…` : description}${enabled ? '' : ' – off'}`;
	});
	const more = all.length > SHOWN ? [`… and ${all.length - SHOWN} more.`] : [];
	const change = principal.role === 'owner' ? ', `/skills off <name>` switches one off' : '';
	const unused = desk.unused === undefined ? [] : ['', desk.unused];
	return [...lines, ...more, '', `\`/skills <name>\` shows one${change}.`, ...unused].join('\n');
}

async function oneOf(desk: ISkillDesk, principal: Principal, name: string): Promise<string> {
	const { description, enabled, files, problem, text } = await desk.get(principal, name);
	const beside = files.length === 0 ? '' : `Files beside it: ${files.map((file) => `\`${file}\``).join(', ')}`;
	return [`**${name}**${enabled ? '' : ' (off)'} ${description}`, problem ?? '', text, beside, desk.unused ?? '']
		.filter((part) => part !== '')
		.join('\n\n');
}
