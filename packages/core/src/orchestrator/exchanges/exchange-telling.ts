import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { isCoreError } from '../../domain/errors.ts';
import type { Exchange, ExchangeCommand, ExchangeWork, RecordedExchangeFact } from '../../domain/exchange/exchange.ts';
import { standingOf } from '../../domain/exchange/standing.ts';
import { exchangeStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import { retryWaitMs } from '../../domain/task/retry-wait.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IExchangeTeller } from '../../ports/exchange-teller.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';

interface Dependencies {
	readonly exchanges: Pick<CommandHandler<Exchange, ExchangeCommand, RecordedExchangeFact>, 'handle'>;
	readonly teller: IExchangeTeller;
	readonly tasks: Pick<ITaskDesk, 'view' | 'follow'>;
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
	readonly vault: ISecretVault;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Shown is what an address is to be shown; it stands in the vault. */
export const Shown = z.object({ token: z.string().optional(), authorization: z.string().optional() });

const RETRY = { maxAttempts: 6, waitsMs: [1_000, 10_000, 60_000, 600_000, 3_600_000] };
const DONE = { told: 'given-up', over: true };

/** ExchangeTelling tells addresses how tasks stand, each change once it is durable; a change that another overtook is not told. */
export class ExchangeTelling {
	readonly #deps: Dependencies;
	readonly #underWay = new Map<string, AbortController>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async carryOut(work: ExchangeWork, exchange: Exchange): Promise<void> {
		if (work.kind === 'wait') return;
		const name = `${exchangeStream(exchange.task)}/${work.key}`;
		const wanted = new AbortController();
		this.#underWay.set(name, wanted);
		try {
			await this.#tell(exchange, work, wanted.signal);
		} catch (error) {
			if (!wanted.signal.aborted) throw error;
		} finally {
			if (this.#underWay.get(name) === wanted) this.#underWay.delete(name);
		}
	}

	/** Nobody is to be told any more, or another process does it. */
	dropped(stream: StreamId, { key }: ExchangeWork): void {
		this.#underWay.get(`${stream}/${key}`)?.abort();
	}

	stop(): void {
		for (const way of this.#underWay.values()) way.abort();
	}

	async #tell(
		exchange: Exchange,
		{ push }: Extract<ExchangeWork, { kind: 'tell' }>,
		signal: AbortSignal,
	): Promise<void> {
		const { clock, log, teller } = this.#deps;
		const { id, url, told, failures } = push;
		const view = await this.#changed(exchange, told, signal);
		if (signal.aborted) return;
		const standing = view && { told: standingOf(view), over: view.endedAt !== undefined };
		if (view === undefined || standing === undefined) return this.#record(exchange, { id, ...DONE });
		// Guests are told of their tasks only where they ask.
		if ((await this.#deps.roleOf(exchange.person)) === 'guest') return this.#record(exchange, { id, ...standing });
		const shown = push.secret === undefined ? undefined : await this.#deps.vault.get(push.secret);
		const secrets = shown === undefined ? {} : Shown.parse(JSON.parse(shown));
		const outcome = await teller.tell({ url, exchange, view, ...secrets, signal });
		if (outcome.kind === 'delivered') return this.#record(exchange, { id, ...standing });
		const { failure, gone } = outcome;
		log.warn('push notification not delivered', { task: exchange.task, code: failure.code });
		if (gone || failure.kind === 'permanent') return this.#record(exchange, { id, ...DONE });
		const waitMs = retryWaitMs(RETRY, failures + 1, failure, randomInt(1_000) / 1_000);
		if (waitMs === undefined) return this.#record(exchange, { id, ...standing });
		const at = clock.now();
		const { code } = failure;
		await this.#deps.exchanges.handle(exchangeStream(exchange.task), {
			...{ type: 'RecordFailure', at, id, code, retryAt: at + waitMs },
		});
	}

	/** How the task stands once that is something else than what was told; undefined where there is no such task. */
	async #changed(
		{ person, task }: Exchange,
		told: string | undefined,
		signal: AbortSignal,
	): Promise<TaskView | undefined> {
		const { tasks } = this.#deps;
		// What somebody may do makes no difference to what they see of their own.
		const principal: Principal = { person, role: 'member' };
		try {
			let view = await tasks.view(principal, task);
			while (standingOf(view) === told && !signal.aborted) {
				const next = Promise.withResolvers<void>();
				const wake = () => next.resolve();
				signal.addEventListener('abort', wake);
				const stop = await tasks.follow(principal, task, view.seq, { fact: wake });
				if (!signal.aborted) await next.promise;
				signal.removeEventListener('abort', wake);
				stop();
				view = await tasks.view(principal, task);
			}
			return view;
		} catch (error) {
			if (isCoreError(error, 'unknown-task')) return undefined;
			throw error;
		}
	}

	async #record({ task }: Exchange, told: { id: string; told: string; over: boolean }): Promise<void> {
		const at = this.#deps.clock.now();
		await this.#deps.exchanges.handle(exchangeStream(task), { type: 'RecordTold', at, ...told });
	}
}
