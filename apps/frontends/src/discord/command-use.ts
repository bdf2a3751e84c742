import { asConversationId } from '@errand/core/domain/ids.ts';
import {
	type APIApplicationCommandAutocompleteInteraction,
	type APIApplicationCommandInteraction,
	type APIApplicationCommandInteractionDataBasicOption,
	type APIChannel,
	type APIInteraction,
	type APIUser,
	ApplicationCommandOptionType,
	ApplicationCommandType,
	InteractionResponseType,
	MessageFlags,
} from 'discord.js';
import { toDiscord } from '../chat/discord-markdown.ts';
import { splitFor } from '../chat/split-for.ts';
import { type KnownChannel, knownChannel } from './channel-directory.ts';
import { commandPlace } from './command-place.ts';
import type { InteractionParts } from './interactions.ts';
import { TAKEN } from './live-interactions.ts';
import { nameOf } from './parse-message.ts';
import { conversationAt, type DiscordPlace } from './places.ts';
import { commandText, taskChoices } from './slash-commands.ts';

/** A command nothing has been said to for this long gets a word, because its answer will be a message of its own. */
const SILENT_MS = 5_000;
const NO_MENTIONS = { parse: [] };

/** CommandUse takes slash commands, and completes their numbers as they are typed. */
export class CommandUse {
	readonly #parts: InteractionParts;
	readonly #silences = new Set<() => void>();

	constructor(parts: InteractionParts) {
		this.#parts = parts;
	}

	async use(interaction: APIApplicationCommandInteraction): Promise<void> {
		const { data } = interaction;
		const user = userOf(interaction);
		if (data.type !== ApplicationCommandType.ChatInput || user === undefined) return;
		const channel = interaction.channel.id;
		const options = (data.options ?? []) as APIApplicationCommandInteractionDataBasicOption[];
		const text = commandText(data.name, options);
		const where = commandPlace(data.name, { user: user.id, channel, found: this.#channelOf(interaction) });
		const ephemeral = where.kind === 'in' && where.ephemeral;
		const message = await this.#parts.api.respond(interaction, {
			type: InteractionResponseType.DeferredChannelMessageWithSource,
			...(ephemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
		});
		if (where.kind === 'begins' && message !== undefined) {
			await this.#begin(interaction, user, { channel, root: message.id, text });
			return;
		}
		const place: DiscordPlace = where.kind === 'in' ? where.place : { kind: 'dm', user: user.id };
		const conversation = conversationAt(place);
		const { live } = this.#parts;
		const awaited = live.add({ id: interaction.id, token: interaction.token, conversation, ephemeral });
		try {
			await this.#receive(interaction, user, place, text);
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
		const isTask = focused?.type === ApplicationCommandOptionType.Integer;
		const tasks =
			user === undefined || !isTask
				? []
				: await host.recentTasks(`discord:${user.id}`).catch((error: unknown) => {
						log.warn('discord tasks not completed', { error });
						return [];
					});
		const choices = taskChoices(tasks, typed);
		await api.respond(interaction, {
			type: InteractionResponseType.ApplicationCommandAutocompleteResult,
			data: { choices },
		});
	}

	/** A goal given in a channel stands there for all to read, and its conversation grows under it. */
	async #begin(
		interaction: APIApplicationCommandInteraction,
		user: APIUser,
		{ channel, root, text }: { channel: string; root: string; text: string },
	): Promise<void> {
		const { directory, api, application } = this.#parts;
		const goal = text.replace(/^\/\S+\s*/, '');
		directory.noteStarter(root, user.id, goal);
		await this.#receive(interaction, user, { kind: 'shared', channel, root, user: user.id }, text);
		const [content = ''] = splitFor(goal, { limit: 1_900, render: toDiscord });
		await api.editResponse(application, interaction.token, {
			content: `**${toDiscord(nameOf(user))}**: ${content}`.slice(0, 2_000),
			allowed_mentions: NO_MENTIONS,
		});
	}

	async #receive(interaction: APIInteraction, user: APIUser, place: DiscordPlace, text: string): Promise<void> {
		const { host, clock } = this.#parts;
		await host.receive({
			frontend: 'discord',
			conversation: asConversationId(conversationAt(place)),
			identity: `discord:${user.id}`,
			name: nameOf(user),
			direct: place.kind === 'dm',
			platformMessageId: interaction.id,
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
