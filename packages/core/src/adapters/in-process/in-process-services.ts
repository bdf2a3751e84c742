import { randomUUID } from 'node:crypto';
import type { Json } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IServices, ServiceCallOptions, ServiceRequest, ServiceState } from '../../ports/services.ts';
import { LocalCalls } from './local-calls.ts';
import { OfferedServices } from './offered-services.ts';
import { ServiceStates } from './service-states.ts';

/** InProcessServices are the services of a server that is alone: whoever offers one is here. */
export class InProcessServices implements IServices {
	readonly #states: ServiceStates;
	readonly #offered: OfferedServices;
	readonly #calls: LocalCalls;

	constructor({ clock, log }: { readonly clock: IClock; readonly log: ILogger }) {
		this.#states = new ServiceStates({ clock, log });
		this.#offered = new OfferedServices((name) => this.#states.update(name, this.#offered.instances(name)));
		this.#calls = new LocalCalls({ offered: this.#offered, clock, log });
	}

	register(name: string, handle: (request: ServiceRequest) => Promise<Json>): () => void {
		return this.#offered.add(name, handle);
	}

	async call(name: string, method: string, body: Json, options: ServiceCallOptions): Promise<Json> {
		return await this.#calls.begin(name, { id: randomUUID(), method, body }, options);
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
		const reply = (said: { answer: Json } | { error: Error }) => this.#calls.tell(name, () => options.onReply?.(said));
		this.#calls.begin(name, { id, method, body }, options).then(
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
}
