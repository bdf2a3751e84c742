import { CHAT_COMMANDS } from '@errand/core/domain/conversation/chat-command.ts';

/** SmsWord is what a text asks for: to be left alone, to be written to again, how this works, or something for Errand. */
export type SmsWord =
	| { readonly kind: 'stop' }
	| { readonly kind: 'start' }
	| { readonly kind: 'help' }
	| { readonly kind: 'text'; readonly text: string };

/** How somebody stands with us, and what Twilio itself did about their text. */
export interface KeywordContext {
	readonly optedOut: boolean;
	/** What Twilio's advanced opt-out took the text for, in any language. */
	readonly optOutType?: string | undefined;
}

// Carriers take each of these, alone, for an end of all texts; CANCEL too.
const STOP = new Set([
	'stop',
	'stopall',
	'unsubscribe',
	'cancel',
	'end',
	'quit',
	'revoke',
	'optout',
	'opt-out',
	'opt out',
]);
const START = new Set(['start', 'unstop']);
const HELP = new Set(['help', 'info']);

/** readSms reads the keywords of texting: whole words that stand alone, in any case; commands need no slash. */
export function readSms(text: string, { optedOut, optOutType }: KeywordContext): SmsWord {
	const word = text
		.trim()
		.replace(/[\s.!]+$/, '')
		.toLowerCase();
	const type = optOutType?.toLowerCase();
	if (type === 'stop' || STOP.has(word)) return { kind: 'stop' };
	// Twilio takes YES for START; from somebody who gets our texts anyway it is an answer.
	if (START.has(word) || (optedOut && (type === 'start' || word === 'yes'))) return { kind: 'start' };
	if (type === 'help') return { kind: 'help' };
	if (HELP.has(word)) return { kind: 'help' };
	return { kind: 'text', text: commandOf(text.trim()) ?? text };
}

/** `STATUS 3` is `/status 3`; `Status of my order?` is no command, so only numbers and codes may follow. */
function commandOf(text: string): string | undefined {
	const found = /^([a-z]{2,16})(?:\s+(\S.*))?$/is.exec(text);
	const name = found?.[1]?.toLowerCase() ?? '';
	const rest = found?.[2]?.trim() ?? '';
	if (!Object.hasOwn(CHAT_COMMANDS, name)) return undefined;
	const parameters: readonly { name: string; kind: string; required: boolean }[] =
		CHAT_COMMANDS[name as keyof typeof CHAT_COMMANDS].parameters;
	const takes = (kind: string) => parameters.some((parameter) => parameter.kind === kind);
	const asCommand = `/${name}${rest === '' ? '' : ` ${rest}`}`;
	if (rest === '') return parameters.some(({ required }) => required) ? undefined : asCommand;
	if (takes('task') && /^#?\d{1,9}\.?$/.test(rest)) return `/${name} ${rest.replace(/\D/g, '')}`;
	if (takes('question') && /^#?\d{1,9}\s+\S/.test(rest)) return asCommand;
	const code = parameters.some((parameter) => parameter.name === 'code');
	return code && /^(?:(?=\S*\d)[a-z\d-]{4,40}|[a-z\d]{4}-[a-z\d]{4})(?:\s+(?:member|guest))?$/i.test(rest)
		? asCommand
		: undefined;
}

/** SMS_HELP answers HELP; carriers want it to say who writes and how to make it stop. */
export const SMS_HELP =
	'Errand: text what you want done. TASKS lists your tasks, STATUS 3 and CANCEL 3 are about task 3, RETRY 3 tries it again. ' +
	'STOP (or CANCEL alone) ends all texts, START resumes. Msg & data rates may apply.';

/** SMS_STOPPED confirms an opt-out, which is the last text until START. */
export const SMS_STOPPED = 'You will get no more texts from Errand. Reply START to get them again.';

/** SMS_STARTED confirms that texts go out again. */
export const SMS_STARTED = 'Errand writes to you again. Text what you want done; HELP explains, STOP ends all texts.';
