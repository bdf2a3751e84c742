import { asReplyId, type ReplyId } from '@errand/core/domain/ids.ts';

/** Press is what a button remembers: whose question it belongs to, the reply that asked it, and what pressing it says. */
export interface Press {
	/** `say` answers with `words`, `write` opens a form, `pick` stands for a menu whose value is the answer. */
	readonly does: 'say' | 'write' | 'whisper' | 'pick';
	readonly user: string;
	/** The message or thread of a shared place; undefined where it was asked directly. */
	readonly root?: string | undefined;
	readonly replyId?: ReplyId | undefined;
	readonly words: string;
}

/** MAX_CUSTOM_ID is how many characters Discord keeps for us with a button, a menu or a form. */
export const MAX_CUSTOM_ID = 100;

const MARK = 'errand1';
const DOES = { s: 'say', w: 'write', h: 'whisper', p: 'pick' } as const;

/** encodePress makes the custom id of a button; ids too long for it are left out, words must fit. */
export function encodePress({ does, user, root, replyId, words }: Press): string | undefined {
	const letter = Object.entries(DOES).find(([, name]) => name === does)?.[0] ?? 's';
	const head = [MARK, letter, shorten(user), root === undefined ? '' : shorten(root)];
	const whole = [...head, replyId ?? '', words].join('|');
	if (whole.length <= MAX_CUSTOM_ID && !replyId?.includes('|')) return whole;
	const without = [...head, '', words].join('|');
	// Without its reply the words alone have to find the question, which they do when it is the only one.
	return without.length <= MAX_CUSTOM_ID && (replyId?.length ?? 0) > MAX_REPLY_ID ? without : undefined;
}

/** decodePress reads a custom id; undefined for one that is not ours. */
export function decodePress(customId: string): Press | undefined {
	const [mark, letter = '', user = '', root = '', replyId = '', ...words] = customId.split('|');
	if (mark !== MARK || !isLetter(letter) || !/^[\da-z]{1,13}$/.test(user) || !/^[\da-z]{0,13}$/.test(root))
		return undefined;
	return {
		does: DOES[letter],
		user: lengthen(user),
		...(root === '' ? {} : { root: lengthen(root) }),
		...(replyId === '' ? {} : { replyId: asReplyId(replyId) }),
		words: words.join('|'),
	};
}

const MAX_REPLY_ID = 55;

const isLetter = (text: string): text is keyof typeof DOES => Object.hasOwn(DOES, text);

function shorten(snowflake: string): string {
	return BigInt(snowflake).toString(36);
}

function lengthen(short: string): string {
	let id = 0n;
	for (const digit of short) id = id * 36n + BigInt(Number.parseInt(digit, 36));
	return id.toString();
}
