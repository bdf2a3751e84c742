import { randomUUID } from 'node:crypto';
import { describeError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IServices, ServiceCallOptions, ServiceRequest, ServiceState } from '../../ports/services.ts';
import { OfferedServices } from './offered-services.ts';
import { calledOff, jsonOf, lateAnswer, nobodyOffers, thrownByService } from './service-refusals.ts';
import { ServiceStates } from './service-states.ts';

/** InProcessServices are the services of a server that is alone: whoever offers one is here. */
export class InProcessServices implements IServices {
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #states: ServiceStates;
	readonly #offered: OfferedServices;

	constructor({ clock, log }: { readonly clock: IClock; readonly log: ILogger }) {
		this.#clock = clock;
		this.#log = log;
		this.#states = new ServiceStates({ clock, log });
		this.#offered = new OfferedServices((name) => this.#states.update(name, this.#offered.instances(name)));
	}

	register(name: string, handle: (request: ServiceRequest) => Promise<Json>): () => void {
		return this.#offered.add(name, handle);
	}

	async call(name: string, method: string, body: Json, options: ServiceCallOptions): Promise<Json> {
		return await this.#begin(name, { id: randomUUID(), method, body }, options);
	}

	async cast(
		name: string,
		method: string,
		body: Json,
		options: ServiceCallOptions & {
			readonly onReply?: ((reply: { answer: Json } | { error: Error }) => void) | undefined;
		},
	): Promise<string> {
		const id = randomUUID();
		const reply = (said: { answer: Json } | { error: Error }) => this.#tell(name, () => options.onReply?.(said));
		this.#begin(name, { id, method, body }, options).then(
			(answer) => reply({ answer }),
			(error: Error) => reply({ error }),
		);
		return id;
	}

	state(name: string): ServiceState {
		return this.#states.state(name);
	}

	list(): readonly ServiceState[] {
		return this.#states.list();
	}

	watch(listener: (state: ServiceState) => void): () => void {
		return this.#states.watch(listener);
	}

	/** Throws at once where the call cannot begin. */
	#begin(
		name: string,
		call: Pick<ServiceRequest, 'id' | 'method' | 'body'>,
		{ timeoutMs, signal, onPiece }: ServiceCallOptions,
	): Promise<Json> {
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
		const callOffTimer = this.#clock.after(timeoutMs, () => giveUp(lateAnswer(name, timeoutMs)));
		signal?.addEventListener('abort', cancel, { once: true });
		const piece = (said: Json) => {
			if (over) return;
			jsonOf(name, said);
			this.#tell(name, () => onPiece?.(said));
		};
		const answer = this.#offered.begin(name, { ...call, signal: controller.signal, piece });
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

	/** What a caller makes of an answer is not the service's to mend. */
	#tell(name: string, tell: () => void): void {
		try {
			tell();
		} catch (error) {
			this.#log.error('caller of a service failed', { name, error: describeError(error) });
		}
	}
}
