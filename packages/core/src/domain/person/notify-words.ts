import { CoreError } from '../errors.ts';
import type { Preferences } from './person-view.ts';

type Notify = Preferences['notify'];

/** NOTIFY_FRONTENDS are where somebody can be told besides where they asked. */
export const NOTIFY_FRONTENDS: readonly string[] = ['web', 'discord', 'telegram', 'sms'];

/**
 * parseNotify reads what stands after `/notify`: `telegram` (questions and answers), `questions telegram`, `answers off`,
 * `off`; what is not spoken of stays. Throws `invalid-input`.
 */
export function parseNotify(text: string, now: Notify): Notify {
	const words = text
		.toLowerCase()
		.split(/[\s,]+/)
		.filter((word) => word !== '' && word !== 'and' && word !== 'on');
	if (words.length === 0 || words.length > 6) throw unclear(text);
	let notify = now;
	let about: readonly (keyof Notify)[] = [];
	for (const word of words) {
		if (/^questions?$/.test(word)) about = [...about, 'questions'];
		else if (/^answers?$/.test(word)) about = [...about, 'answers'];
		else {
			notify = told(notify, about.length === 0 ? ['questions', 'answers'] : about, frontendOf(word, text));
			about = [];
		}
	}
	if (about.length > 0) throw unclear(text);
	return notify;
}

function frontendOf(word: string, text: string): string | undefined {
	if (word === 'off' || word === 'none') return undefined;
	if (NOTIFY_FRONTENDS.includes(word)) return word;
	throw unclear(text);
}

function told(notify: Notify, about: readonly (keyof Notify)[], frontend: string | undefined): Notify {
	const next = { ...notify };
	for (const what of about) {
		if (frontend === undefined) delete next[what];
		else next[what] = frontend;
	}
	return next;
}

function unclear(text: string): CoreError {
	return new CoreError('invalid-input', `"${text.trim().slice(0, 80)}" does not say where you want to be told.`, {
		hint: `Write for example \`/notify telegram\`, \`/notify questions sms\` or \`/notify off\`; there are ${NOTIFY_FRONTENDS.join(', ')}.`,
	});
}
