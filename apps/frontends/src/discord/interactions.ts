import { isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type APIInteraction, InteractionResponseType, InteractionType, MessageFlags } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import type { ArrivalOrder } from './arrival-order.ts';
import type { BegunGoals } from './begun-goals.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import { CommandUse } from './command-use.ts';
import type { DiscordApi } from './discord-api.ts';
import { FirstAnswers } from './first-answers.ts';
import type { LiveInteractions } from './live-interactions.ts';
import { PressUse } from './press-use.ts';
import { isReadableInteraction } from './readable-events.ts';
import { refusalText } from './refusals.ts';

/** InteractionParts is what commands and presses are handled with. */
export interface InteractionParts {
	readonly api: DiscordApi;
	readonly directory: ChannelDirectory;
	readonly live: LiveInteractions;
	readonly host: FrontendHost;
	readonly goals: BegunGoals;
	readonly order: ArrivalOrder;
	readonly answers: FirstAnswers;
	readonly application: string;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Interactions takes slash commands, presses and forms, from the gateway and over HTTP alike. Discord waits three seconds for a first answer. */
export class Interactions {
	readonly #parts: InteractionParts;
	readonly #commands: CommandUse;
	readonly #presses: PressUse;
	readonly #open = new Set<Promise<void>>();
	#resumed: Promise<void> | undefined;
	readonly #taken = new BoundedMap<string, true>(1_000);

	constructor(given: Omit<InteractionParts, 'answers'>) {
		const parts = { ...given, answers: new FirstAnswers(given) };
		this.#parts = parts;
		this.#commands = new CommandUse(parts);
		this.#presses = new PressUse(parts);
	}

	/** Handles one, once; whatever goes wrong is told to whoever used it. */
	async take(interaction: APIInteraction): Promise<void> {
		if (!isReadableInteraction(interaction)) {
			this.#parts.log.warn('discord interaction unreadable', { type: String(interaction?.type).slice(0, 20) });
			return;
		}
		if (this.#taken.get(interaction.id)) return;
		this.#taken.set(interaction.id, true);
		const taken = this.#handle(interaction).catch((error: unknown) => this.#failed(interaction, error));
		this.#open.add(taken);
		return taken.finally(() => this.#open.delete(taken));
	}

	/** Takes up what a server before this one acknowledged without coming to its end. */
	resume(): Promise<void> {
		this.#resumed ??= this.#commands.resume().finally(() => {
			this.#resumed = undefined;
		});
		return this.#resumed;
	}

	/** Resolves when those under way have ended. */
	async stop(): Promise<void> {
		await Promise.all(this.#open);
		this.#commands.stop();
	}

	async #handle(interaction: APIInteraction): Promise<void> {
		switch (interaction.type) {
			case InteractionType.ApplicationCommand:
				return this.#commands.use(interaction);
			case InteractionType.ApplicationCommandAutocomplete:
				return this.#commands.complete(interaction);
			case InteractionType.MessageComponent:
				return this.#presses.press(interaction);
			case InteractionType.ModalSubmit:
				return this.#presses.submit(interaction);
			case InteractionType.Ping:
				return;
		}
	}

	async #failed(interaction: APIInteraction, error: unknown): Promise<void> {
		const { api, log, application } = this.#parts;
		const fields = { interaction: interaction.id, type: interaction.type };
		if (isCoreError(error)) log.info('discord interaction refused', { ...fields, code: error.code });
		else log.error('discord interaction failed', { ...fields, error });
		if (
			interaction.type === InteractionType.Ping ||
			interaction.type === InteractionType.ApplicationCommandAutocomplete
		)
			return;
		const content = isCoreError(error) ? refusalText(error) : 'That did not work. Please try again in a moment.';
		const body = { content, allowed_mentions: { parse: [] } };
		const hidden = { ...body, flags: MessageFlags.Ephemeral } as const;
		try {
			if (!this.#parts.answers.isGiven(interaction))
				await api.respond(interaction, { type: InteractionResponseType.ChannelMessageWithSource, data: hidden });
			else if (interaction.type === InteractionType.ApplicationCommand)
				await api.editResponse(application, interaction.token, body);
			else await api.followUp(application, interaction.token, hidden);
		} catch (failure) {
			log.warn('discord refusal not told', { ...fields, error: failure });
		}
	}
}
