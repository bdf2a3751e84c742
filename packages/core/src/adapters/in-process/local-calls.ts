import { describeError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ServiceCallOptions, ServiceRequest } from '../../ports/services.ts';
import type { OfferedServices } from './offered-services.ts';
import { calledOff, jsonOf, lateAnswer, nobodyOffers, thrownByService } from './service-refusals.ts';

/** LocalCall is a call before somebody takes it. */
export type LocalCall = Pick<ServiceRequest, 'id' | 'method' | 'body'>;

interface Options {
	readonly offered: OfferedServices;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** LocalCalls carry out calls of services that this process offers. */
export class LocalCalls {
	readonly #options: Options;

	constructor(options: Options) {
		this.#options = options;
	}

	/** Throws at once where the call cannot begin: `too-large`, `cancelled`, `service-down`. */
	begin(name: string, call: LocalCall, { timeoutMs, signal, onPiece }: ServiceCallOptions): Promise<Json> {
		const { offered, clock } = this.#options;
		jsonOf(name, call.body);
		if (signal?.aborted === true) throw calledOff(name);
		const { promise, resolve, reject } = Promise.withResolvers<Json>();
		const controller = new AbortController();
		let over = false;
		const end = (settle: () => void) => {
			if (over) return;
			over = true;
			callOffTimer();
			signal?.removeEventListener('abort', cancel);
			settle();
		};
		const giveUp = (error: Error) => {
			end(() => reject(error));
			controller.abort(error);
		};
		const cancel = () => giveUp(calledOff(name));
		const callOffTimer = clock.after(timeoutMs, () => giveUp(lateAnswer(name, timeoutMs)));
		signal?.addEventListener('abort', cancel, { once: true });
		const piece = (said: Json) => {
			if (over) return;
			jsonOf(name, said);
			this.tell(name, () => onPiece?.(said));
		};
		const answer = offered.begin(name, { ...call, signal: controller.signal, piece });
		if (answer === undefined) {
			end(() => undefined);
			throw nobodyOffers(name);
		}
		const settle = async () => {
			try {
				const said = await answer;
				jsonOf(name, said);
				end(() => resolve(said));
			} catch (error) {
				end(() => reject(thrownByService(error)));
			}
		};
		void settle();
		return promise;
	}

	/** What a caller makes of what it hears is not the service's to mend. */
	tell(name: string, tell: () => void): void {
		try {
			tell();
		} catch (error) {
			this.#options.log.error('caller of a service failed', { name, error: describeError(error) });
		}
	}
}
