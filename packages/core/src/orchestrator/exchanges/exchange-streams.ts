import {
	decideExchange,
	EXCHANGE_EVOLVE_VERSION,
	type Exchange,
	type ExchangeCommand,
	type ExchangeWork,
	evolveExchange,
	pendingExchangeWork,
	type RecordedExchangeFact,
} from '../../domain/exchange/exchange.ts';
import { exchangeStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IExchangeTeller } from '../../ports/exchange-teller.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import { dueAt } from '../commands/due-at.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import { ExchangeDesk } from './exchange-desk.ts';
import { ExchangeTelling } from './exchange-telling.ts';

/** ExchangeParts is what exchanges are kept and driven with. */
export interface ExchangeParts extends DrivingPorts {
	readonly index: IStreamIndex;
	readonly vault: ISecretVault;
	readonly teller: IExchangeTeller;
	readonly tasks: Pick<ITaskDesk, 'view' | 'follow'>;
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
}

const EXCHANGE_PREFIX = 'exchange-';

/** ExchangeStreams are all exchanges of tasks with agents elsewhere: their desk, and those who are told how tasks stand. */
export class ExchangeStreams {
	readonly desk: ExchangeDesk;
	readonly driven: DrivenStreams<Exchange, ExchangeCommand, RecordedExchangeFact, ExchangeWork>;
	readonly #telling: ExchangeTelling;

	constructor(parts: ExchangeParts) {
		this.driven = new DrivenStreams(parts, {
			prefix: EXCHANGE_PREFIX,
			decider: exchangeDecider,
			pending: pendingExchangeWork,
			carryOut: (_stream, work, exchange) => this.#telling.carryOut(work, exchange),
			dropped: (work, { task }) => this.#telling.dropped(exchangeStream(task), work),
			released: (stream, work) => this.#telling.dropped(stream, work),
		});
		const exchanges = this.driven.handler;
		this.#telling = new ExchangeTelling({ ...parts, exchanges });
		this.desk = new ExchangeDesk({ ...parts, exchanges });
	}

	/** Tellings follow their tasks themselves: whichever process drives them. */
	async taskReported(): Promise<void> {}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.driven.handler.forget(stream);
	}

	forgetAll(): void {
		this.driven.handler.forgetAll();
	}

	/** Starts nothing more and breaks off what is under way; safe to call twice. */
	stop(): void {
		this.driven.stop();
		this.#telling.stop();
	}
}

const exchangeDecider: Decider<Exchange, ExchangeCommand, RecordedExchangeFact> = {
	version: EXCHANGE_EVOLVE_VERSION,
	decide(state, command) {
		const at = Math.max(command.at, state?.at ?? 0);
		let next = state;
		const facts = decideExchange(state, command).map((fact, index): RecordedExchangeFact => {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			next = evolveExchange(next, recorded);
			return recorded;
		});
		return { ok: true, facts, state: next };
	},
	evolve: evolveExchange,
	index: (exchange, now) => ({
		person: exchange.person,
		dueAt: dueAt(pendingExchangeWork(exchange, now)),
		summary: { task: exchange.task, context: exchange.context },
	}),
};
