import { CoreError } from '@errand/core/domain/errors.ts';
import {
	type APIInteractionResponse,
	type APIMessageComponentInteraction,
	type APIModalInteractionResponseCallbackData,
	type APIModalSubmitInteraction,
	type APIUser,
	ComponentType,
	InteractionResponseType,
	MessageFlags,
	type ModalSubmitComponent,
	TextInputStyle,
} from 'discord.js';
import { userOf } from './command-use.ts';
import type { InteractionParts } from './interactions.ts';
import { nameOf } from './parse-message.ts';
import { conversationAt, type DiscordPlace } from './places.ts';
import { decodePress, type Press } from './press.ts';
import { chosenRows, type MessageRow } from './question-components.ts';

type Used = APIMessageComponentInteraction | APIModalSubmitInteraction;

const ANSWER_FIELD = 'answer';

/** PressUse takes presses of buttons, choices from menus, and the forms that some buttons open. */
export class PressUse {
	readonly #parts: InteractionParts;

	constructor(parts: InteractionParts) {
		this.#parts = parts;
	}

	async press(interaction: APIMessageComponentInteraction): Promise<void> {
		const { api, application, log } = this.#parts;
		const user = userOf(interaction);
		const { data, message } = interaction;
		const press = decodePress(data.custom_id);
		if (press === undefined || user === undefined) throw noLongerKnown();
		if (user.id !== press.user) return this.#notForThem(interaction);
		if (press.does === 'write' || press.does === 'whisper') {
			const form = formFor(press, data.custom_id, message.content);
			await api.respond(interaction, { type: InteractionResponseType.Modal, data: form });
			return;
		}
		const picked = press.does === 'pick' && 'values' in data ? data.values[0] : undefined;
		const answer = { type: InteractionResponseType.DeferredMessageUpdate } as const;
		if (!(await this.#taken(interaction, answer, user, press, picked ?? press.words))) return;
		const components = chosenRows((message.components ?? []) as MessageRow[], data.custom_id, picked);
		await api.editResponse(application, interaction.token, { components }).catch((error: unknown) => {
			log.debug('discord buttons not closed', { message: message.id, error });
		});
	}

	async submit(interaction: APIModalSubmitInteraction): Promise<void> {
		const { api, application, log } = this.#parts;
		const user = userOf(interaction);
		const press = decodePress(interaction.data.custom_id);
		if (press === undefined || user === undefined) throw noLongerKnown();
		if (user.id !== press.user) return this.#notForThem(interaction);
		const { message } = interaction;
		const answer: APIInteractionResponse =
			message === undefined
				? { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } }
				: { type: InteractionResponseType.DeferredMessageUpdate };
		const words = enteredIn(interaction.data.components);
		if (!(await this.#taken(interaction, answer, user, press, words))) return;
		const components = chosenRows((message?.components ?? []) as MessageRow[], interaction.data.custom_id);
		const body = message === undefined ? { content: 'Taken.' } : { components };
		await api.editResponse(application, interaction.token, body).catch((error: unknown) => {
			log.debug('discord buttons not closed', { message: message?.id, error });
		});
	}

	/** Resolves when it is durable and answered; false when Discord did not take the answer, and takes no more. */
	async #taken(
		interaction: Used,
		answer: APIInteractionResponse,
		user: APIUser,
		press: Press,
		words: string,
	): Promise<boolean> {
		const { order, answers } = this.#parts;
		const channel = interaction.channel?.id ?? press.root ?? '';
		const received = order.afterMissed(channel, user.id, async () => {
			const place = await this.#placeOf(interaction, press);
			return {
				conversation: conversationAt(place),
				work: () => this.#receive(interaction, user, press, place, words),
			};
		});
		const { answered, done } = answers.give(interaction, answer, received);
		await done;
		return (await answered) !== undefined;
	}

	async #receive(interaction: Used, user: APIUser, press: Press, place: DiscordPlace, words: string): Promise<void> {
		const { host, clock } = this.#parts;
		await host.receive({
			frontend: 'discord',
			conversation: conversationAt(place),
			identity: `discord:${user.id}`,
			name: nameOf(user),
			direct: place.kind === 'dm',
			platformMessageId: interaction.id,
			text: words,
			attachments: [],
			...(press.replyId === undefined ? {} : { replyTo: press.replyId }),
			at: clock.now(),
		});
	}

	/** A button knows its message or thread; the channel around it is where it was pressed, or that thread's. */
	async #placeOf(interaction: Used, { user, root }: Press): Promise<DiscordPlace> {
		if (root === undefined) return { kind: 'dm', user };
		const channel = interaction.channel?.id ?? root;
		const found = await this.#parts.directory.find(channel);
		return { kind: 'shared', channel: found?.kind === 'thread' ? found.parent : channel, root, user };
	}

	async #notForThem(interaction: Used): Promise<void> {
		await this.#parts.api.respond(interaction, {
			type: InteractionResponseType.ChannelMessageWithSource,
			data: {
				content: 'This question is not for you: only the person it was put to can answer it.',
				flags: MessageFlags.Ephemeral,
				allowed_mentions: { parse: [] },
			},
		});
	}
}

function formFor(press: Press, customId: string, asked: string): APIModalInteractionResponseCallbackData {
	const secret = press.does === 'whisper';
	const line = asked
		.replace(/[*_`>#]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
	return {
		custom_id: customId,
		title: secret ? 'Answer in confidence' : 'Answer',
		components: [
			{
				type: ComponentType.Label,
				label: 'Your answer',
				...(line === '' ? {} : { description: line.slice(0, 100).toWellFormed() }),
				component: {
					type: ComponentType.TextInput,
					custom_id: ANSWER_FIELD,
					style: secret ? TextInputStyle.Short : TextInputStyle.Paragraph,
					required: true,
					max_length: 4_000,
				},
			},
		],
	};
}

/** The text somebody entered, whichever way the form wraps its field. */
function enteredIn(components: readonly ModalSubmitComponent[] | readonly unknown[]): string {
	for (const component of components as readonly Readonly<Record<string, unknown>>[]) {
		if (component['custom_id'] === ANSWER_FIELD && typeof component['value'] === 'string') return component['value'];
		const inner = component['component'] === undefined ? component['components'] : [component['component']];
		if (!Array.isArray(inner)) continue;
		const entered = enteredIn(inner);
		if (entered !== '') return entered;
	}
	return '';
}

function noLongerKnown(): CoreError {
	return new CoreError('not-possible', 'This button is not mine, or from an older version of me.', {
		hint: 'Answer in words instead, or use /questions.',
	});
}
