import { asStepId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ScheduleWhat } from '../../domain/schedule/schedule.ts';
import { shortened } from '../../domain/shortened.ts';
import { answerInWords } from '../../domain/task/attachment-lines.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { type TimeWords, timeWords } from '../schedule/parse-schedule.ts';
import { markAddresses } from './find-addresses.ts';
import { isAlert, isWatch } from './scheduled-words.ts';

const REMIND = /^\W*(?:(?:please|can you|could you) )?remind me\b(?: (?:to|that|about|of)\b)?\s*/i;
const DIGEST = /\bdigest\b/i;
/** Where only words about time are wanted, those of any zone will do: the person's own counts when the schedule is set up. */
const ANY_ZONE = 'UTC';
const MAX_TITLE = 80;

/**
 * planSchedule plans goals that are meant for later, or again and again: a reminder, something that begins or ends with words about
 * time, or a page to be watched. Undefined for any other goal.
 */
export function planSchedule({ goal, answers, at, attachments }: PlanRequest): PlanOutcome | undefined {
	const said = answers.flatMap(({ answer }) => (typeof answer === 'string' ? answerInWords(answer) : []));
	if (REMIND.test(goal)) return planReminder(goal, said, at);
	if (isWatch(goal)) return planWatch(goal, said, at);
	// Files belong to this one task.
	if (attachments.length > 0) return undefined;
	const found = timeWords(goal, { timeZone: ANY_ZONE, now: at });
	if (found === undefined || !isMeant(found)) return undefined;
	const { seen, rest } = found;
	return planned({ when: seen, do: { kind: 'goal', goal: rest } }, `have this done ${seen}: "${shortened(rest, 120)}"`);
}

/** A later time at the end may well belong to what is asked; one that recurs, or stands first, hardly does. */
function isMeant({ phrase, rest, where }: TimeWords): boolean {
	if (!/\p{L}{2}/u.test(rest)) return false;
	if (phrase.recurrence !== undefined || phrase.cron !== undefined) return true;
	const timed = phrase.times !== undefined || phrase.moment?.kind === 'instant';
	return (
		timed &&
		(where === 'first' ? !/^(?:is|are|was|were|will|does|do|did)\b/i.test(rest) : phrase.moment?.kind === 'instant')
	);
}

function planReminder(goal: string, said: readonly string[], now: number): PlanOutcome {
	const given = { timeZone: ANY_ZONE, now };
	const found = timeWords(goal.replace(REMIND, ''), given, { inside: true });
	const text = (found?.rest ?? goal.replace(REMIND, '')).replace(/^(?:to|that|about|of) /i, '').trim();
	const when = found?.seen ?? said.find((answer) => timeWords(answer, given) !== undefined);
	const what = text === '' ? said.find((answer) => answer !== when) : text;
	if (when === undefined) return ask('When shall I remind you? For example: tomorrow at 5pm.');
	if (what === undefined) return ask('What shall I remind you of?');
	return planned({ when, do: { kind: 'remind', text: what } }, `remind you ${when}: "${shortened(what, 120)}"`);
}

/** The page is looked at by a workflow that knows what it saw the time before. */
function planWatch(goal: string, said: readonly string[], now: number): PlanOutcome {
	const { text, urls } = markAddresses([goal, ...said].join('\n'));
	const [url] = urls;
	if (url === undefined) return ask('Which page shall I watch? Send its address.');
	const words = text.replace(/:?\s*\uE000\d+\uE001/g, ' ');
	const found = timeWords(words, { timeZone: ANY_ZONE, now }, { inside: true });
	const recurs = found?.phrase.recurrence !== undefined || found?.phrase.cron !== undefined;
	const often = found !== undefined && recurs ? found.seen : isAlert(goal) ? 'every hour' : 'every day at 9';
	const digest = DIGEST.test(words) && recurs;
	const input: JsonObject = {
		when: digest ? 'every hour' : often,
		...watchingPage(url),
		...(digest ? { tell: { digest: often } } : {}),
		title: shortened(`Watch ${url}`, MAX_TITLE),
	};
	return planned(input, `look at ${shortened(url, 120)} ${digest ? 'every hour' : often}, and tell you what changed`);
}

/** watchingOf is what a schedule does whose goal, without its times, asks for a page to be watched. */
export function watchingOf(goal: string): ScheduleWhat | undefined {
	const [url] = isWatch(goal) ? markAddresses(goal).urls : [];
	return url === undefined ? undefined : watchingPage(url);
}

function watchingPage(url: string) {
	const watch = { kind: 'workflow', name: 'website-watch', input: { url } } as const;
	return { do: watch, tell: 'changes', carry: true } as const;
}

function planned(input: JsonObject, understood: string): PlanOutcome {
	const step = {
		id: asStepId('schedule'),
		title: 'Set up a schedule',
		capability: 'schedule.create',
		input,
		dependsOn: [],
		essential: true,
	};
	const note = `I read this as: ${understood}.`;
	return { kind: 'plan', by: 'rules:schedule', steps: [step], note, method: 'rules' };
}

function ask(text: string): PlanOutcome {
	return { kind: 'ask', by: 'rules:schedule', questions: [{ kind: 'text', text }] };
}
