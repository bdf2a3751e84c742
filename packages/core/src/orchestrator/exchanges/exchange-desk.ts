import { randomBytes } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import {
	EXCHANGE_LIMITS,
	type Exchange,
	type ExchangeCommand,
	type Push,
	type RecordedExchangeFact,
} from '../../domain/exchange/exchange.ts';
import { asTaskId, exchangeStream, type TaskId } from '../../domain/ids.ts';
import { shortened } from '../../domain/shortened.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IExchangeTeller } from '../../ports/exchange-teller.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IExchangeDesk, PushRequest } from '../desks/exchanges.ts';
import { refuseGuests } from '../people/refuse-guests.ts';

interface Dependencies {
	readonly exchanges: Pick<CommandHandler<Exchange, ExchangeCommand, RecordedExchangeFact>, 'handle' | 'latest'>;
	readonly index: IStreamIndex;
	readonly vault: ISecretVault;
	readonly teller: Pick<IExchangeTeller, 'check'>;
	readonly clock: IClock;
}

/** ExchangeDesk keeps what tasks have with agents elsewhere. */
export class ExchangeDesk implements IExchangeDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async begin({ person }: Principal, task: TaskId, context: string): Promise<Exchange> {
		const { exchanges, clock } = this.#deps;
		const command = { type: 'Begin', at: clock.now(), task, person, context } as const;
		const { state } = await exchanges.handle(exchangeStream(task), command);
		if (state === undefined || state.person !== person) throw unknownTask(task);
		return state;
	}

	async get({ person }: Principal, task: TaskId): Promise<Exchange | undefined> {
		const exchange = await this.#deps.exchanges.latest(exchangeStream(task));
		return exchange?.person === person ? exchange : undefined;
	}

	async say(principal: Principal, task: TaskId, { id, text }: { id: string; text: string }): Promise<boolean> {
		await this.#own(principal, task);
		const { exchanges, clock } = this.#deps;
		const { facts } = await exchanges.handle(exchangeStream(task), {
			...{ type: 'Say', at: clock.now(), id, text: shortened(text, EXCHANGE_LIMITS.textCharacters) },
		});
		return facts.length > 0;
	}

	async ofContext({ person }: Principal, context: string, limit: number): Promise<readonly TaskId[]> {
		const found: TaskId[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: 'exchange-', person, before, limit: 500 });
			for (const { summary } of rows) {
				if (summary['context'] === context && typeof summary['task'] === 'string')
					found.push(asTaskId(summary['task']));
			}
			before = rows.length === 500 && found.length < limit ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return found.slice(0, limit);
	}

	async setPush(principal: Principal, task: TaskId, { id, url, ...shown }: PushRequest): Promise<Push> {
		const { pushes } = await this.#own(principal, task);
		refuseGuests(principal, 'Guests are told of their tasks only where they ask.');
		this.#deps.teller.check(url);
		const known = pushes.find((push) => push.id === id);
		if (known === undefined && pushes.length >= EXCHANGE_LIMITS.pushes) throw tooMany();
		const { exchanges, clock, vault } = this.#deps;
		const hasSecret = shown.token !== undefined || shown.authorization !== undefined;
		const secret = hasSecret ? `${principal.person}/push/${task}/${randomBytes(8).toString('hex')}` : undefined;
		if (secret !== undefined) await vault.put(secret, JSON.stringify(shown));
		const named = secret === undefined ? {} : { secret };
		const command = { type: 'SetPush', at: clock.now(), id, url, ...named } as const;
		const { state } = await exchanges.handle(exchangeStream(task), command);
		if (known?.secret !== undefined) await vault.deleteUnder(known.secret);
		const set = state?.pushes.find((push) => push.id === id);
		if (set === undefined) throw unknownTask(task);
		return set;
	}

	async deletePush(principal: Principal, task: TaskId, id: string): Promise<void> {
		const { pushes } = await this.#own(principal, task);
		const secret = pushes.find((push) => push.id === id)?.secret;
		const { exchanges, clock, vault } = this.#deps;
		await exchanges.handle(exchangeStream(task), { type: 'DeletePush', at: clock.now(), id });
		if (secret !== undefined) await vault.deleteUnder(secret);
	}

	async #own(principal: Principal, task: TaskId): Promise<Exchange> {
		const exchange = await this.get(principal, task);
		if (exchange === undefined) throw unknownTask(task);
		return exchange;
	}
}

function unknownTask(task: string): CoreError {
	return new CoreError('unknown-task', `There is no task "${task.slice(0, 100)}" of yours.`, {
		hint: 'ListTasks shows yours.',
	});
}

function tooMany(): CoreError {
	return new CoreError('not-possible', `${EXCHANGE_LIMITS.pushes} addresses are told of this task already.`, {
		hint: 'Delete one of its push notification configurations first.',
	});
}
