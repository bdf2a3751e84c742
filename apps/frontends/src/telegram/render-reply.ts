import { REPEATED_MARK } from '@errand/core/domain/conversation/repeated-text.ts';
import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import type { InlineKeyboardButton } from 'grammy/types';
import { questionButtons } from '../chat/question-buttons.ts';
import { questionText } from '../chat/question-text.ts';
import { shortLabel } from '../chat/short-label.ts';
import { splitFor } from '../chat/split-for.ts';
import { toTelegramHtml } from '../chat/telegram-markdown.ts';
import { buttonData } from './button-data.ts';
import { plainOfHtml } from './plain-of-html.ts';
import { isPrivate, type TelegramPlace } from './telegram-place.ts';

/** MAX_TEXT is how long a message may be, counted without its markup. */
export const MAX_TEXT = 4_096;

/** DOUBT_MARK is what an adapter puts before a message that may have arrived already; each part leaves room for it. */
export const DOUBT_MARK = toTelegramHtml(REPEATED_MARK);
const DOUBT_ROOM = plainOfHtml(DOUBT_MARK).length + 2;

/** Telegram shows no more buttons under a message. */
const MAX_BUTTONS = 100;
/** A phone shows about so much of a label, and Telegram takes no more than some kilobytes of buttons. */
const MAX_LABEL = 40;
/** Labels up to this length stand beside each other. */
const SHORT_LABEL = 12;

/** ReplyMarkup is what stands under a message: buttons, or the wish that the person replies to it. */
export type ReplyMarkup =
	| { readonly inline_keyboard: InlineKeyboardButton.CallbackButton[][] }
	| { readonly force_reply: true; readonly selective: true };

/** RenderedReply is a reply as Telegram takes it: HTML in parts, and what stands under the last of them. */
export interface RenderedReply {
	readonly parts: readonly string[];
	readonly markup?: ReplyMarkup | undefined;
}

/** renderReply makes messages of a reply; `notes` are lines about files that could not go along. */
export function renderReply(reply: ReplyBody, place: TelegramPlace, notes: readonly string[] = []): RenderedReply {
	const markdown = [wordsOf(reply), ...notes].filter((text) => text.trim() !== '').join('\n\n');
	const parts = splitFor(markdown, {
		limit: MAX_TEXT - DOUBT_ROOM,
		render: toTelegramHtml,
		measure: (html) => plainOfHtml(html).length,
	}).filter((part) => part.trim() !== '');
	const shown = reply.kind === 'progress' ? parts.slice(0, 1) : parts;
	const markup = markupOf(reply, place);
	return { parts: shown, ...(markup === undefined ? {} : { markup }) };
}

/** Choices that do not fit on their buttons are written out as well. */
function wordsOf({ text, question }: ReplyBody): string {
	const isLong = question?.choices?.some((choice) => choice.length > MAX_LABEL) ?? false;
	return question === undefined || !isLong ? text : questionText({ ...question, text, effect: undefined });
}

function markupOf({ id, question }: ReplyBody, place: TelegramPlace): ReplyMarkup | undefined {
	if (question === undefined) return undefined;
	const buttons = questionButtons(question)
		.slice(0, MAX_BUTTONS)
		.map(({ label, words }, index) => ({ label: shortLabel(label, index, MAX_LABEL), words }));
	const group = !isPrivate(place);
	if (buttons.length === 0) return group ? { force_reply: true, selective: true } : undefined;
	const data = buttonData(id, buttons, group ? place.user : undefined);
	const made = buttons.map(({ label }, index) => ({ text: label, callback_data: data[index] ?? '' }));
	return { inline_keyboard: inRows(made) };
}

function inRows(buttons: readonly InlineKeyboardButton.CallbackButton[]): InlineKeyboardButton.CallbackButton[][] {
	const perRow = buttons.every(({ text }) => text.length <= SHORT_LABEL) ? 3 : 1;
	const rows: InlineKeyboardButton.CallbackButton[][] = [];
	for (let from = 0; from < buttons.length; from += perRow) rows.push(buttons.slice(from, from + perRow));
	return rows;
}
