import type { Json } from '../json.ts';
import { attachmentLines } from '../task/attachment-lines.ts';
import type { Question } from '../task/question.ts';
import type { Message } from './facts.ts';

/**
 * readAnswer reads a message as the answer to a question, or `undefined` if it is none: a choice by its words, number or
 * letter; yes or no for an approval; any words for a text, with attachments as lines under them.
 */
export function readAnswer(
	question: Question,
	message: Pick<Message, 'text' | 'attachments' | 'secret'>,
): Json | undefined {
	switch (question.kind) {
		case 'choice':
			return readChoice(question.choices ?? [], message.text);
		case 'approval':
			return readApproval(message.text);
		case 'text': {
			const answer = [message.text.trim(), attachmentLines(message.attachments)].filter(Boolean).join('\n');
			return answer === '' ? undefined : answer;
		}
		case 'secret':
			return message.secret === undefined ? undefined : { secret: message.secret };
	}
}

/** questionHelp says how a question can be answered, for someone whose words did not fit. */
export function questionHelp(question: Question): string {
	switch (question.kind) {
		case 'choice': {
			const choices = (question.choices ?? []).map((choice, index) => `${index + 1}. ${choice}`);
			return `${question.text}\n\n${choices.join('\n')}\n\nAnswer with one of the numbers.`;
		}
		case 'approval':
			return `${question.text}\n\nAnswer **yes** or **no**.`;
		case 'text':
		case 'secret':
			return question.text;
	}
}

/** A slip in answering is a few words. */
const MAX_SLIP_WORDS = 6;

/** looksLikeGoal tells words that are more than a slip in answering: an address, a file, or a whole sentence. */
export function looksLikeGoal({
	text,
	attachments,
}: {
	readonly text: string;
	readonly attachments: readonly unknown[];
}): boolean {
	if (attachments.length > 0 || /https?:\/\//i.test(text)) return true;
	return text.slice(0, 500).trim().split(/\s+/).length > MAX_SLIP_WORDS;
}

/** isBareAnswer tells whether words make sense only as an answer: yes, no, or the number of a choice. */
export function isBareAnswer(text: string): boolean {
	return readApproval(text) !== undefined || /^(?:option |number |#)?\d{1,2}[.)]?$/.test(plain(text));
}

const YES = words(
	'yes y yep yeah yup ok okay sure approve approved allow accept go confirm confirmed ja oui si sí 👍 ✅',
);
const NO = words('no n nope nah refuse refused reject rejected deny denied decline disallow stop nein non 👎 ❌');
const YES_PHRASES = ['go ahead', 'do it', 'yes please', 'please do', 'sounds good', 'looks good', 'all right'];
const NO_PHRASES = [
	'do not',
	"don't",
	'no thanks',
	'no thank you',
	'please no',
	"don't do it",
	'do not do it',
	'not now',
];

function words(list: string): string[] {
	return list.split(' ');
}

function readApproval(text: string): 'approve' | 'refuse' | undefined {
	const said = plain(text).replaceAll('’', "'");
	if (YES.includes(said) || YES_PHRASES.includes(said)) return 'approve';
	if (NO.includes(said) || NO_PHRASES.includes(said)) return 'refuse';
	return undefined;
}

function readChoice(choices: readonly string[], text: string): string | undefined {
	const said = plain(text);
	if (said === '') return undefined;
	const named = choices.find((choice) => choice === text) ?? choices.find((choice) => plain(choice) === said);
	if (named !== undefined) return named;
	const place = said.replace(/^(?:option|number|choice|nr\.?|no\.?|#)\s*/, '').replace(/^\(?(\w{1,4})[).:]?$/, '$1');
	if (/^\d{1,4}$/.test(place)) return choices[Number(place) - 1];
	if (/^[a-z]$/.test(place)) return choices[place.charCodeAt(0) - 'a'.charCodeAt(0)];
	return undefined;
}

/** Lower case, without the spaces and full stops around it. Cut first: only short words are ever compared. */
function plain(text: string): string {
	return text.length > 1_000
		? ''
		: text
				.trim()
				.toLowerCase()
				.replace(/[.!,]{1,5}$/, '');
}
