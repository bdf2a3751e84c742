import { asConversationId } from '@errand/core/domain/ids.ts';
import {
	type APIApplicationCommandAutocompleteInteraction,
	type APIApplicationCommandInteraction,
	type APIApplicationCommandInteractionDataBasicOption,
	type APIChannel,
	type APIInteraction,
	type APIInteractionResponse,
	type APIUser,
	ApplicationCommandType,
	InteractionResponseType,
	MessageFlags,
	type RESTPatchAPIChannelMessageJSONBody,
} from 'discord.js';
import { toDiscord } from '../chat/discord-markdown.ts';
import { Insistence, RETRY_WAITS_MS } from '../chat/insistence.ts';
import { splitFor } from '../chat/split-for.ts';
import type { BegunGoal } from './begun-goals.ts';
import { type KnownChannel, knownChannel } from './channel-directory.ts';
import { commandPlace } from './command-place.ts';
import type { InteractionParts } from './interactions.ts';
import { TAKEN } from './live-interactions.ts';
import { nameOf } from './parse-message.ts';
import { conversationAt, type DiscordPlace } from './places.ts';
import { choicesFor, commandText, suggestedFor } from './slash-commands.ts';

/** A command nothing has been said to for this long gets a word, because its answer will be a message of its own. */
const SILENT_MS = 5_000;
const NO_MENTIONS = { parse: [] };

/** CommandUse takes slash commands, and completes numbers and names in them as they are typed. */
export class CommandUse {
	readonly #parts: InteractionParts;
	readonly #insistence: Insistence;
	readonly #silences = new Set<() => void>();

	constructor(parts: InteractionParts) {
		this.#parts = parts;
		const { clock, log } = parts;
		const { signal: stopped } = new AbortController();
		this.#insistence = new Insistence({ what: 'discord goal', clock, log, waitsMs: RETRY_WAITS_MS, stopped });
	}

	async use(interaction: APIApplicationCommandInteraction): Promise<void> {
		const { data } = interaction;
		const user = userOf(interaction);
		if (data.type !== ApplicationCommandType.ChatInput || user === undefined) return;
		const channel = interaction.channel.id;
		const options = (data.options ?? []) as APIApplicationCommandInteractionDataBasicOption[];
		const text = commandText(data.name, options);
		const where = commandPlace(data.name, { user: user.id, channel, found: this.#channelOf(interaction) });
		const said = { id: interaction.id, user: user.id, name: nameOf(user), text };
		if (where.kind === 'begins') return this.#begin(interaction, { ...said, channel });
		const { place, ephemeral } = where;
		const conversation = conversationAt(place);
		const { live, order, answers } = this.#parts;
		const received = order.afterMissed(channel, user.id, async () => ({
			conversation,
			work: () => this.#receive(said, place),
		}));
		const { answered, done } = answers.give(interaction, deferred(ephemeral), received);
		const { id, token } = interaction;
		const awaited = live.add({
			id,
			token,
			conversation,
			ephemeral,
			answered: answered.then((one) => one !== undefined),
		});
		try {
			await done;
		} catch (error) {
			live.end(interaction.id);
			throw error;
		}
		const callOff = this.#parts.clock.after(SILENT_MS, () => {
			this.#silences.delete(callOff);
			if (!awaited.untouched) return;
			awaited.untouched = false;
			this.#say(interaction, TAKEN);
		});
		this.#silences.add(callOff);
	}

	/** Takes up goals of which a server before this one did not come to the end. */
	async resume(): Promise<void> {
		const { goals } = this.#parts;
		for (const goal of goals.left()) {
			const { kind } = await this.#insistence.attempt(goal.id, false, () => this.#takeUp(goal));
			if (kind !== 'later') goals.end(goal.id);
		}
	}

	stop(): void {
		for (const callOff of this.#silences) callOff();
		this.#silences.clear();
	}

	async complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
		const { host, api, log } = this.#parts;
		const user = userOf(interaction);
		const options = interaction.data.options as APIApplicationCommandInteractionDataBasicOption[];
		const focused = options.find((option) => 'focused' in option && option.focused === true);
		const typed = focused !== undefined && 'value' in focused ? String(focused.value) : '';
		const kind = focused && suggestedFor(interaction.data.name, focused.name);
		const suggestions =
			user === undefined || kind === undefined
				? []
				: await host.suggestions(`discord:${user.id}`, kind).catch((error: unknown) => {
						log.warn('discord option not completed', { command: interaction.data.name, error });
						return [];
					});
		const choices = kind === undefined ? [] : choicesFor(kind, suggestions, typed);
		await api.respond(interaction, {
			type: InteractionResponseType.ApplicationCommandAutocompleteResult,
			data: { choices },
		});
	}

	/** A goal given in a channel stands there for all to read, and its conversation grows under it. */
	async #begin(interaction: APIApplicationCommandInteraction, goal: BegunGoal): Promise<void> {
		const { order, answers, goals, api, application } = this.#parts;
		const { answered, done } = answers.give(interaction, deferred(false), goals.keep(goal));
		const { channel, user } = goal;
		try {
			await order.afterMissed(channel, user, async () => {
				await done;
				const answer = await answered;
				// Discord told its user that it failed.
				if (answer === undefined) return undefined;
				const root = answer.message?.id;
				if (root !== undefined) this.#parts.directory.noteStarter(root, user, goalOf(goal.text));
				const place: DiscordPlace = root === undefined ? { kind: 'dm', user } : { kind: 'shared', channel, root, user };
				return { conversation: conversationAt(place), work: () => this.#receive(goal, place) };
			});
			if ((await answered)?.message === undefined) return;
			await api.editResponse(application, interaction.token, shown(goal));
		} finally {
			goals.end(goal.id);
		}
	}

	/** One that was not acknowledged made no message, and its user knows that it failed. */
	async #takeUp(goal: BegunGoal): Promise<void> {
		const { api, log } = this.#parts;
		const messages = await api.messagesAfter(goal.channel, goal.id);
		const message = messages.find(({ interaction_metadata }) => interaction_metadata?.id === goal.id);
		log.info('discord goal taken up', { interaction: goal.id, message: message?.id });
		if (message === undefined) return;
		const { channel, user } = goal;
		// First, because a thread that grows from it is named after it.
		await api.edit(channel, message.id, shown(goal)).catch((error: unknown) => {
			log.debug('discord goal not shown', { message: message.id, error });
		});
		await this.#receive(goal, { kind: 'shared', channel, root: message.id, user });
	}

	async #receive({ id, user, name, text }: Omit<BegunGoal, 'channel'>, place: DiscordPlace): Promise<void> {
		const { host, clock } = this.#parts;
		await host.receive({
			frontend: 'discord',
			conversation: asConversationId(conversationAt(place)),
			identity: `discord:${user}`,
			name,
			direct: place.kind === 'dm',
			platformMessageId: id,
			text,
			attachments: [],
			at: clock.now(),
		});
	}

	#say(interaction: APIInteraction, content: string): void {
		const { api, application, log } = this.#parts;
		api
			.editResponse(application, interaction.token, { content, allowed_mentions: NO_MENTIONS })
			.catch((error: unknown) => {
				log.debug('discord command not answered', { interaction: interaction.id, error });
			});
	}

	#channelOf(interaction: APIApplicationCommandInteraction): KnownChannel | undefined {
		if (interaction.guild_id === undefined) return { kind: 'dm' };
		return knownChannel(interaction.channel as APIChannel);
	}
}

/** userOf is who used it: in a server their membership holds the user. */
export function userOf(interaction: APIInteraction): APIUser | undefined {
	return interaction.member?.user ?? interaction.user;
}

function deferred(ephemeral: boolean): APIInteractionResponse {
	return {
		type: InteractionResponseType.DeferredChannelMessageWithSource,
		...(ephemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
	};
}

function goalOf(text: string): string {
	return text.replace(/^\/\S+\s*/, '');
}

/** The goal as it stands in its channel. */
function shown({ name, text }: BegunGoal): RESTPatchAPIChannelMessageJSONBody {
	const [content = ''] = splitFor(goalOf(text), { limit: 1_900, render: toDiscord });
	return { content: `**${toDiscord(name)}**: ${content}`.slice(0, 2_000), allowed_mentions: NO_MENTIONS };
}
