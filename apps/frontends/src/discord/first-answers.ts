import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { APIInteraction, APIInteractionResponse, APIMessage } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import type { DiscordApi } from './discord-api.ts';

interface Parts {
	readonly api: Pick<DiscordApi, 'respond'>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** FirstAnswer is an answer on its way: neither what it waits for nor Discord holds up the other for long. */
export interface FirstAnswer {
	/** Never rejects: resolves with the message that the answer made, if any; with nothing where Discord did not take it. */
	readonly answered: Promise<{ readonly message: APIMessage | undefined } | undefined>;
	/** Resolves when the work is done and the answer was tried; rejects as the work does. */
	readonly done: Promise<void>;
}

/** Discord waits three seconds for a first answer; what is not durable by then is acknowledged all the same, ms. */
const LATEST_MS = 2_000;

/** FirstAnswers acknowledges interactions once what they bring is durable, because Discord never brings them again. */
export class FirstAnswers {
	readonly #parts: Parts;
	readonly #given = new BoundedMap<string, true>(1_000);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** An answer was tried, so that what else is to be said follows it. */
	isGiven(interaction: APIInteraction): boolean {
		return this.#given.get(interaction.id) ?? false;
	}

	/** Answers when the work is done, or when it takes long. Work that fails before that leaves its answer to the caller. */
	give(interaction: APIInteraction, answer: APIInteractionResponse, work: Promise<unknown>): FirstAnswer {
		const { clock } = this.#parts;
		const { promise: answered, resolve } = Promise.withResolvers<Awaited<FirstAnswer['answered']>>();
		let isBegun = false;
		const respond = () => {
			if (!isBegun) resolve(this.#respond(interaction, answer));
			isBegun = true;
		};
		const callOff = clock.after(LATEST_MS, respond);
		const end = async () => {
			try {
				await work;
			} catch (error) {
				if (!isBegun) resolve(undefined);
				await answered;
				throw error;
			} finally {
				callOff();
			}
			respond();
			await answered;
		};
		return { answered, done: end() };
	}

	async #respond(
		interaction: APIInteraction,
		answer: APIInteractionResponse,
	): ReturnType<() => FirstAnswer['answered']> {
		const { api, log } = this.#parts;
		this.#given.set(interaction.id, true);
		try {
			return { message: await api.respond(interaction, answer) };
		} catch (error) {
			log.warn('discord interaction not acknowledged', { interaction: interaction.id, error });
			return undefined;
		}
	}
}
