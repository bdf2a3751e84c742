import type { Question } from '@errand/core/domain/task/question.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { inBrief } from '../chat/in-brief.ts';
import { toPlainText } from '../chat/plain-markdown.ts';
import { fitSms } from './fit-sms.ts';
import { smsSegments } from './segments.ts';

/** SmsPlace is where the rest of a reply can be read: the signed page of its task, or nowhere that a link leads to. */
export interface SmsPlace {
	readonly link?: string | undefined;
	/** How many of the reply's files go along as pictures. */
	readonly pictures: number;
}

/** MAX_SMS_LENGTH is the most characters that Twilio takes. */
export const MAX_SMS_LENGTH = 1_600;

const MAX_SEGMENTS = 3;
const MOST_SEGMENTS = 10;
const CHOICES_LENGTH = 900;
const MOST_CHOICES = 40;
const ON_THE_PAGE = 'on Errand’s page';

/** renderSms is a reply as one text message: plain, short, with a link to the rest and words on how to answer. */
export function renderSms(reply: Reply, place: SmsPlace): string {
	// Twilio takes no text without a word.
	const head = headOf(reply);
	const text = toPlainText(head) || '(empty)';
	if (reply.kind === 'progress') return fitSms(text, { maxSegments: 1, maxLength: MAX_SMS_LENGTH, more: '…' });
	const asks = reply.question === undefined ? '' : howToReply(reply.question);
	const files = filesLine(reply, place);
	const ending = [asks, files].filter((part) => part !== '').join('\n');
	const linked = files !== '' && place.link !== undefined;
	return fitSms(text, {
		brief: toPlainText(inBrief(head)),
		maxSegments: Math.min(MOST_SEGMENTS, Math.max(MAX_SEGMENTS, smsSegments(ending).segments + 1)),
		maxLength: MAX_SMS_LENGTH,
		more: linked ? '…' : place.link === undefined ? `… (the rest is ${ON_THE_PAGE})` : `… more: ${place.link}`,
		ending,
	});
}

function headOf({ text, question }: Reply): string {
	const effect = question?.effect?.summary ?? '';
	return effect === '' || text.includes(effect) ? text : `${text}\n\n${effect}`;
}

function filesLine({ artifacts = [] }: Reply, { link, pictures }: SmsPlace): string {
	const count = artifacts.length - pictures;
	if (count <= 0) return '';
	const files = count === 1 ? '1 file' : `${count} files`;
	return link === undefined ? `${files} ${ON_THE_PAGE}` : `${files}: ${link}`;
}

function howToReply({ kind, choices = [] }: Question): string {
	switch (kind) {
		case 'approval':
			return 'Reply YES or NO.';
		case 'choice':
			return [...choiceLines(choices), whichNumber(choices.length)].join('\n');
		case 'secret':
			return `Texts are not private: better answer ${ON_THE_PAGE}.`;
		case 'text':
			return '';
	}
}

function choiceLines(choices: readonly string[]): string[] {
	const shown = choices.slice(0, MOST_CHOICES);
	const room = Math.max(12, Math.floor(CHOICES_LENGTH / Math.max(1, shown.length)) - 5);
	return shown.map((choice, index) => {
		const line = toPlainText(choice).replace(/\s+/g, ' ').trim();
		return `${index + 1}) ${
			line.length <= room
				? line
				: `${line
						.slice(0, room - 1)
						.toWellFormed()
						.trimEnd()}…`
		}`;
	});
}

function whichNumber(count: number): string {
	if (count <= 1) return 'Reply 1, or in your own words.';
	if (count === 2) return 'Reply 1 or 2.';
	return count === 3 ? 'Reply 1, 2 or 3.' : `Reply with a number from 1 to ${count}.`;
}
