import { randomUUID } from 'node:crypto';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IPeerCalls } from '../../ports/peer-calls.ts';
import { noAnswer, nobodyServes, refuseTooLarge } from '../in-process/in-process-peer-calls.ts';
import type { RedisLine } from './open-redis-line.ts';
import { errorAnswer, type PeerAnswer, type PeerRequest, readAnswer, readRequest, thrownOf } from './peer-message.ts';
import { RecentIds } from './recent-ids.ts';
import { unreachable } from './redis-connection.ts';

interface Options {
	readonly line: Pick<RedisLine, 'self' | 'keys' | 'commands' | 'channels'>;
	readonly log: ILogger;
}

/** RedisPeerCalls asks over pub/sub: a channel for each name that is served, and one for the answers to each process. */
export class RedisPeerCalls implements IPeerCalls {
	readonly #options: Options;
	/** What to do with the answer to each call that waits for one. */
	readonly #waiting = new Map<string, (answer: PeerAnswer) => void>();
	readonly #taken = new RecentIds(REMEMBERED);
	#listening: Promise<() => void> | undefined;

	constructor(options: Options) {
		this.#options = options;
	}

	serve(name: string, answer: (request: string) => Promise<string>): () => void {
		const { channels, keys } = this.#options.line;
		let serving = true;
		const listening = channels.listen(keys.callsChannel(name), (text) => {
			const request = readRequest(text);
			if (serving && request !== undefined && this.#taken.isNew(request.id)) void this.#answer(name, request, answer);
		});
		return () => {
			serving = false;
			void listening.then((stop) => stop());
		};
	}

	async ask(name: string, request: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<string> {
		refuseTooLarge(name, request);
		const { line } = this.#options;
		const id = randomUUID();
		const { promise, resolve, reject } = Promise.withResolvers<string>();
		const timer = setTimeout(() => reject(noAnswer(name, timeoutMs)), timeoutMs);
		this.#waiting.set(id, (answer) => ('text' in answer ? resolve(answer.text) : reject(thrownOf(answer))));
		const send = async () => {
			await this.#listenToAnswers();
			const message: PeerRequest = { id, from: line.self, text: request };
			const heardBy = await line.commands.publish(line.keys.callsChannel(name), JSON.stringify(message));
			if (heardBy === 0) reject(nobodyServes(name));
		};
		send().catch((error: unknown) => reject(unreachable(`ask for "${name}"`, error)));
		try {
			return await promise;
		} finally {
			clearTimeout(timer);
			this.#waiting.delete(id);
		}
	}

	#listenToAnswers(): Promise<() => void> {
		const { channels, keys, self } = this.#options.line;
		this.#listening ??= channels.listen(keys.callAnswersChannel(self), (text) => {
			const answer = readAnswer(text);
			if (answer !== undefined) this.#waiting.get(answer.id)?.(answer);
		});
		return this.#listening;
	}

	async #answer(name: string, { id, from, text }: PeerRequest, answer: (request: string) => Promise<string>) {
		const { line, log } = this.#options;
		let said: PeerAnswer;
		try {
			said = { id, text: await answer(text) };
			refuseTooLarge(name, said.text);
		} catch (error) {
			log.warn('call of another process failed', { name, from, error: describeError(error) });
			said = errorAnswer(id, error);
		}
		try {
			await line.commands.publish(line.keys.callAnswersChannel(from), JSON.stringify(said));
		} catch (error) {
			log.debug('call of another process not answered', { name, from, error: describeError(error) });
		}
	}
}

const REMEMBERED = 2_000;
