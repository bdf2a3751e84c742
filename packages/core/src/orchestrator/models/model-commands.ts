import { CoreError } from '../../domain/errors.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { IModelDesk } from '../desks/models.ts';
import { modelsReply, pinnedReply, usageReply } from '../render/models.ts';

/** MODEL_COMMANDS are the commands about language models and what they cost. */
export const MODEL_COMMANDS = ['model', 'usage'] as const;

export type ModelCommandName = (typeof MODEL_COMMANDS)[number];

/** isModelCommand tells them from the other commands. */
export function isModelCommand(name: string): name is ModelCommandName {
	return (MODEL_COMMANDS as readonly string[]).includes(name);
}

/** ModelCommandCall is such a command as it was written. */
export interface ModelCommandCall {
	readonly name: ModelCommandName;
	/** Everything after the name. */
	readonly rest: string;
	/** False where others read along. */
	readonly direct: boolean;
	readonly now: number;
}

/** runModelCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runModelCommand(
	desk: IModelDesk | undefined,
	principal: Principal,
	call: ModelCommandCall,
): Promise<string> {
	if (desk === undefined) return 'This server knows of no language models.';
	if (!call.direct) return `Others can read this. Write me \`/${call.name}\` privately.`;
	try {
		return await COMMANDS[call.name](desk, principal, { ...call, rest: call.rest.trim().replaceAll('`', '') });
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

type Command = (desk: IModelDesk, principal: Principal, call: ModelCommandCall) => Promise<string>;

const COMMANDS: Readonly<Record<ModelCommandName, Command>> = {
	async model(desk, principal, { rest }) {
		if (rest === '') {
			const [views, pinned] = await Promise.all([desk.models(principal), desk.pinned(principal)]);
			return modelsReply(views, pinned);
		}
		await desk.pin(principal, /^(?:auto|off|none)$/i.test(rest) ? undefined : rest);
		return pinnedReply(await desk.pinned(principal));
	},
	async usage(desk, principal, { rest, now }) {
		const days = rest === '' ? 1 : Number(/^(\d{1,3})(?:\s*d(?:ays?)?)?$/i.exec(rest)?.[1] ?? Number.NaN);
		if (!(days >= 1 && days <= MAX_DAYS)) {
			throw new CoreError('invalid-input', `"${rest.slice(0, 50)}" is no number of days.`, {
				hint: `Write \`/usage\` for today, or \`/usage 7\` for a week; at most ${MAX_DAYS} days.`,
			});
		}
		const from = Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
		const span = { from, to: now + 1 };
		const byModel = await desk.usage(principal, { ...span, by: 'model' });
		const byPerson = principal.role === 'owner' ? await desk.usage(principal, { ...span, by: 'person' }) : [];
		return usageReply({ days, byModel, byPerson });
	},
};

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
