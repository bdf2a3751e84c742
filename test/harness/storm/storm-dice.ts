import { seeded } from '@errand/core/domain/dispatch/fixture/seeded.ts';
import { commandMessage, errandMessage, type StormMessage, talkMessage } from './storm-message.ts';
import type { StormTrouble } from './storm-voice.ts';

const TWICE = 0.05;
const TROUBLE = 0.02;
const COMMANDS = 0.6;
const ERRANDS = 36;
const OUTBOUND = ['limited', 'error', 'lost'] as const;

/** StormDice decide what is said and what goes wrong; the same seed gives the same storm, but for its timing. */
export class StormDice {
	/** Messages brought twice, and things that went wrong besides. */
	readonly thrown = { twice: 0, troubles: 0 };
	readonly #messages: number;
	readonly #site: string;
	readonly #chance: () => number;
	#said = { commands: 0, talk: 0, errands: 0 };

	constructor({ seed, messages, site }: { seed: number; messages: number; site: string }) {
		this.#chance = seeded(seed);
		this.#messages = messages;
		this.#site = site;
	}

	/** `answered`: its answer goes out by a call to a platform, which can go wrong. */
	trouble({ answered }: { answered: boolean }): StormTrouble {
		const twice = this.#chance() < TWICE;
		const inbound = this.#chance() < TROUBLE;
		const outbound =
			answered && this.#chance() < TROUBLE ? OUTBOUND[Math.floor(this.#chance() * OUTBOUND.length)] : undefined;
		if (twice) this.thrown.twice++;
		this.thrown.troubles += Number(inbound) + Number(outbound !== undefined);
		return { twice, inbound, outbound };
	}

	message(): StormMessage {
		const roll = this.#chance();
		if (this.#said.errands < ERRANDS && roll < (ERRANDS * 1.3) / this.#messages) {
			this.#said.errands++;
			return errandMessage(this.#site);
		}
		if (roll < COMMANDS) return commandMessage(100_000 + ++this.#said.commands);
		return talkMessage(++this.#said.talk);
	}
}
