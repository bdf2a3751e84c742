import type { Question } from '@errand/core/domain/task/question.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import {
	type APIActionRowComponent,
	type APIButtonComponentWithCustomId,
	type APIComponentInMessageActionRow,
	ButtonStyle,
	ComponentType,
} from 'discord.js';
import { type QuestionButton, questionButtons } from '../chat/question-buttons.ts';
import { cutText, shortLabel } from '../chat/short-label.ts';
import type { DiscordPlace } from './places.ts';
import { encodePress, type Press } from './press.ts';

/** MessageRow is a row of buttons, or a menu, under a message. */
export type MessageRow = APIActionRowComponent<APIComponentInMessageActionRow>;

const MAX_BUTTONS = 5;
const MAX_OPTIONS = 25;
const MAX_LABEL = 80;
const MAX_OPTION = 100;

/**
 * questionRows is what can be pressed under a question: up to five buttons, a menu up to 25, a button that opens a form for
 * words. None when there are more choices: then their numbers are written.
 */
export function questionRows(reply: Pick<Reply, 'id' | 'question'>, place: DiscordPlace): MessageRow[] {
	const { question } = reply;
	if (question === undefined) return [];
	const press = {
		user: place.user,
		root: place.kind === 'shared' ? place.root : undefined,
		replyId: reply.id,
	};
	if (question.kind === 'text' || question.kind === 'secret') return formRows(question.kind, press);
	const buttons = questionButtons(question);
	if (buttons.length <= MAX_BUTTONS) return buttonRows(question, buttons, press);
	return buttons.length <= MAX_OPTIONS ? menuRows(buttons, press) : [];
}

type Asked = Omit<Press, 'does' | 'words'>;

function formRows(kind: 'text' | 'secret', asked: Asked): MessageRow[] {
	const id = encodePress({ ...asked, does: kind === 'secret' ? 'whisper' : 'write', words: '' });
	const label = kind === 'secret' ? 'Answer in confidence' : 'Answer';
	return id === undefined ? [] : [row([button(id, label, ButtonStyle.Primary)])];
}

function buttonRows(question: Question, buttons: readonly QuestionButton[], asked: Asked): MessageRow[] {
	const made = buttons.map(({ label, words }, index) => {
		const id =
			encodePress({ ...asked, does: 'say', words }) ?? encodePress({ ...asked, does: 'say', words: place(index) });
		return id === undefined ? undefined : button(id, shortLabel(label, index, MAX_LABEL), styleOf(question, index));
	});
	const whole = made.filter((one) => one !== undefined);
	return whole.length === 0 || whole.length < buttons.length ? [] : [row(whole)];
}

function menuRows(buttons: readonly QuestionButton[], asked: Asked): MessageRow[] {
	const id = encodePress({ ...asked, does: 'pick', words: '' });
	if (id === undefined) return [];
	const values = buttons.map(({ words }, index) => (words.length <= MAX_OPTION && words !== '' ? words : place(index)));
	const distinct = new Set(values).size === values.length ? values : buttons.map((_, index) => place(index));
	const options = buttons.map(({ label }, index) => ({
		label: shortLabel(label, index, MAX_OPTION),
		value: distinct[index] ?? '',
	}));
	return [
		{
			type: ComponentType.ActionRow,
			components: [{ type: ComponentType.StringSelect, custom_id: id, placeholder: 'Choose one', options }],
		},
	];
}

/** needsList tells whether some choice is too long for its button, so that the choices have to be written out as well. */
export function needsList({ choices = [] }: Question): boolean {
	return choices.some((choice) => choice.length > MAX_LABEL);
}

/** chosenRows are the rows of a question after a press: nothing can be pressed any more, and what was is seen. */
export function chosenRows(rows: readonly MessageRow[], customId: string, value?: string): MessageRow[] {
	return rows.map((each) => ({
		...each,
		components: each.components.map((component) => {
			if (component.type === ComponentType.StringSelect) {
				const options = component.options.map((option) => ({ ...option, default: option.value === value }));
				return { ...component, options, disabled: true };
			}
			if (!('custom_id' in component) || component.type !== ComponentType.Button) return component;
			const style = component.custom_id === customId ? ButtonStyle.Success : ButtonStyle.Secondary;
			return { ...component, style, disabled: true };
		}),
	}));
}

/** The words for a choice whose own do not fit; the core reads them. */
function place(index: number): string {
	return `option ${index + 1}`;
}

function styleOf(question: Question, index: number): ButtonStyle.Primary | ButtonStyle.Danger | ButtonStyle.Success {
	if (question.kind !== 'approval') return ButtonStyle.Primary;
	return index === 0 ? ButtonStyle.Success : ButtonStyle.Danger;
}

type PlainStyle = APIButtonComponentWithCustomId['style'];

function button(customId: string, label: string, style: PlainStyle): APIButtonComponentWithCustomId {
	return { type: ComponentType.Button, custom_id: customId, label: cutText(label, MAX_LABEL), style };
}

function row(components: APIComponentInMessageActionRow[]): MessageRow {
	return { type: ComponentType.ActionRow, components };
}
