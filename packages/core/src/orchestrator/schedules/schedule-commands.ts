import type { ConversationId, MessageId } from '../../domain/ids.ts';
import { type ScheduleRule, ScheduleWhat } from '../../domain/schedule/schedule.ts';
import { shortened } from '../../domain/shortened.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { IScheduleDesk, ScheduleView } from '../desks/schedules.ts';
import { setUpText, timeWords } from './set-up-text.ts';

/** SCHEDULE_COMMANDS are the commands about what is done later, or again and again. */
export const SCHEDULE_COMMANDS = ['schedules', 'schedule', 'unschedule'] as const;

export type ScheduleCommandName = (typeof SCHEDULE_COMMANDS)[number];

/** isScheduleCommand tells them from the other commands. */
export function isScheduleCommand(name: string): name is ScheduleCommandName {
	return (SCHEDULE_COMMANDS as readonly string[]).includes(name);
}

/** ScheduleCommandCall is such a command as it was written. */
export interface ScheduleCommandCall {
	readonly name: ScheduleCommandName;
	/** Everything after the name. */
	readonly rest: string;
	readonly conversation: ConversationId;
	/** The same message sets up the same schedule, however often it is carried out. */
	readonly messageId: MessageId;
}

interface Context {
	readonly desk: IScheduleDesk;
	readonly principal: Principal;
	readonly words: string;
	readonly call: ScheduleCommandCall;
}

const SHOWN = 20;

/** runScheduleCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runScheduleCommand(
	desk: IScheduleDesk | undefined,
	principal: Principal,
	call: ScheduleCommandCall,
): Promise<string> {
	if (desk === undefined) return 'This server keeps no schedules.';
	try {
		return await COMMANDS[call.name]({ desk, principal, words: call.rest.trim(), call });
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

const COMMANDS: Readonly<Record<ScheduleCommandName, (context: Context) => Promise<string>>> = {
	async schedules(context) {
		const { desk, principal, words } = context;
		if (words === '') return overview(await desk.list(principal));
		const [, order = '', id = ''] = /^(pause|resume|run|remove|show) +#?(\d{1,9})$/i.exec(words) ?? [];
		if (order === '') return 'Write for example `/schedules pause 2`: pause, resume, run, show or remove.';
		return ORDERS[order.toLowerCase()]?.(context, id) ?? '';
	},
	async schedule({ desk, principal, words, call }) {
		const { when, goal } = await taken(desk, principal, words);
		const remind = /^remind me (?:to |that |about |of )?(.+)$/is.exec(goal)?.[1];
		const view = await desk.create(principal, {
			when,
			what: ScheduleWhat.parse({
				do: remind === undefined ? { kind: 'goal', goal } : { kind: 'remind', text: remind },
			}),
			conversation: call.conversation,
			idempotencyKey: `command/${call.messageId}`,
		});
		return setUpText(view, await desk.zone(principal));
	},
	unschedule: (context) => {
		const id = /^#?(\d{1,9})$/.exec(context.words)?.[1];
		return id === undefined
			? Promise.resolve('Which one? Write its number, as in `/unschedule 2`.')
			: remove(context, id);
	},
};

const ORDERS: Readonly<Record<string, (context: Context, id: string) => Promise<string>>> = {
	async pause({ desk, principal }, id) {
		await desk.pause(principal, id);
		return `Schedule ${id} is paused. \`/schedules resume ${id}\` has it go on.`;
	},
	async resume({ desk, principal }, id) {
		await desk.resume(principal, id);
		return shown(await desk.view(principal, id, { next: 3 }));
	},
	async run({ desk, principal }, id) {
		await desk.runNow(principal, id);
		return `Schedule ${id} runs now.`;
	},
	remove,
	show: async ({ desk, principal }, id) => shown(await desk.view(principal, id, { next: 5 })),
};

async function remove({ desk, principal }: Context, id: string): Promise<string> {
	const { title } = await desk.view(principal, id, { next: 0 });
	await desk.remove(principal, id);
	return `Schedule ${id}, “${shortened(title, 100)}”, is removed.`;
}

/** `every weekday at 7 | summarise the news`; without the line, the words about time stand first or last. */
async function taken(
	desk: IScheduleDesk,
	principal: Principal,
	words: string,
): Promise<{ readonly when: ScheduleRule | string; readonly goal: string }> {
	const bar = words.indexOf('|');
	if (bar !== -1) return { when: words.slice(0, bar).trim(), goal: words.slice(bar + 1).trim() };
	const { when, rest } = await desk.read(principal, words);
	return { when, goal: rest };
}

function overview(views: readonly ScheduleView[]): string {
	if (views.length === 0) {
		return 'You have no schedules. Set one up with `/schedule every weekday at 7 | summarise the news`.';
	}
	const more = views.length > SHOWN ? [`… and ${views.length - SHOWN} more.`] : [];
	return [...views.slice(0, SHOWN).map(line), ...more].join('\n');
}

function line({ number, title, words, status, next, rule }: ScheduleView): string {
	const [first] = next;
	const when = status !== 'active' ? `**${status}**` : first === undefined ? 'now' : timeWords(first, rule.timeZone);
	return `- **${number}** ${shortened(title, 80)} – ${words}; ${status === 'active' ? 'next ' : ''}${when}`;
}

function shown(view: ScheduleView): string {
	const { number, title, words, status, next, rule, runs, pausedBecause, digest } = view;
	const lines = [
		`**${number}** ${title} – ${words}`,
		`It is ${status}, and ran ${runs === 1 ? 'once' : `${runs} times`}.`,
	];
	if (pausedBecause !== undefined) lines.push(`Paused because ${pausedBecause}`);
	if (digest !== undefined) {
		const when = digest.next === undefined ? digest.words : timeWords(digest.next, rule.timeZone);
		lines.push(`Its digest holds ${digest.runs === 1 ? '1 run' : `${digest.runs} runs`}; it comes ${when}.`);
	}
	if (next.length > 0) lines.push(next.map((at) => `- ${timeWords(at, rule.timeZone)}`).join('\n'));
	return lines.join('\n\n');
}
