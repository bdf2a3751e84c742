import { asReplyId, type ReplyId } from '@errand/core/domain/ids.ts';

/** Telegram's limit on what a button carries. */
const MAX_BYTES = 64;

/** PressedButton is what a press says. Without `replyTo` the message that holds the button has to tell. */
export interface PressedButton {
	readonly words: string;
	readonly replyTo?: ReplyId | undefined;
	/** Whom it was offered to, where others could press it. */
	readonly onlyFor?: number | undefined;
}

/**
 * buttonData makes the data of a reply's buttons. Each says which words it stands for and whom it was offered to, and holds
 * the reply's id; an id that is too long is cut into pieces that all buttons of the message hold together, so that a
 * press can be understood without remembering anything.
 */
export function buttonData(
	reply: ReplyId,
	buttons: readonly { readonly label: string; readonly words: string }[],
	onlyFor?: number,
): string[] {
	const heads = buttons.map((button, index) => `${meaning(button, index)}|${onlyFor?.toString(36) ?? ''}|`);
	if (heads.every((head) => byteLength(head + reply) <= MAX_BYTES)) return heads.map((head) => head + reply);
	let rest: string = reply;
	return heads.map((head) => {
		const room = MAX_BYTES - byteLength(head) - 1;
		const piece = cut(rest, room);
		rest = rest.slice(piece.length);
		return `~${head}${piece}`;
	});
}

/** readButton reads a press: its data, and the message's buttons as Telegram sends them along. */
export function readButton(
	data: string,
	shown: readonly { readonly text: string; readonly callback_data?: string | undefined }[],
): PressedButton | undefined {
	const parts = split(data);
	if (parts === undefined) return undefined;
	const words = wordsOf(parts.meaning, shown.find((button) => button.callback_data === data)?.text);
	const pieces = parts.pieces
		? shown.map(({ callback_data }) => split(callback_data ?? '')?.reply ?? '')
		: [parts.reply];
	const reply = pieces.join('');
	return {
		words,
		...(reply === '' ? {} : { replyTo: asReplyId(reply) }),
		...(parts.onlyFor === '' ? {} : { onlyFor: Number.parseInt(parts.onlyFor, 36) }),
	};
}

/** `y`, `n`, `w3` (the words are the label), `i3` (they are not: its number says it). */
function meaning({ label, words }: { label: string; words: string }, index: number): string {
	if (words === 'yes') return 'y';
	if (words === 'no') return 'n';
	return `${label === words ? 'w' : 'i'}${index + 1}`;
}

function wordsOf(code: string, label: string | undefined): string {
	if (code === 'y') return 'yes';
	if (code === 'n') return 'no';
	// An old message comes without its buttons; the number says the same.
	return code.startsWith('w') && label !== undefined ? label : code.slice(1);
}

function split(data: string) {
	const found = /^(~?)(y|n|[wi]\d{1,3})\|([0-9a-z]{0,12})\|(.*)$/s.exec(data);
	if (found === null) return undefined;
	const [, pieces = '', code = '', onlyFor = '', reply = ''] = found;
	return { pieces: pieces === '~', meaning: code, onlyFor, reply };
}

function cut(text: string, bytes: number): string {
	let end = Math.min(text.length, bytes);
	while (byteLength(text.slice(0, end)) > bytes) end--;
	return text.slice(0, end);
}

function byteLength(text: string): number {
	return Buffer.byteLength(text);
}
