import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type {
	FrontendHost,
	FrontendName,
	FrontendState,
	IFrontend,
	InboundMessage,
} from '@errand/core/ports/frontend.ts';
import type { ILeases } from '@errand/core/ports/lease.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { WebhookTable } from '../http/webhook-table.ts';
import type { FrontendMetrics } from './frontend-metrics.ts';
import type { HolderNotes } from './holder-notes.ts';
import { COME_AGAIN, type WebhookRelay } from './webhook-relay.ts';

/** ConfiguredFrontend is a frontend that the environment asks for; `open` loads its platform's library. */
export interface ConfiguredFrontend {
	readonly name: FrontendName;
	/** Of all processes, one runs it at a time; the others stand by. */
	readonly single?: boolean | undefined;
	/** Where its platform calls: known before it has started. */
	readonly webhooks?: readonly string[] | undefined;
	open(): Promise<IFrontend>;
}

interface Dependencies {
	/** What every frontend reports to. */
	readonly host: Pick<FrontendHost, 'receive' | 'reportDelivery' | 'suggestions'>;
	/** Told when one begins to work, or works again. */
	readonly back: (name: FrontendName, how: { readonly single: boolean }) => void;
	/** Told when one works here no longer. */
	readonly gone: (name: FrontendName) => void;
	readonly leases: Pick<ILeases, 'campaign'>;
	readonly webhooks: WebhookTable;
	readonly relay: WebhookRelay;
	readonly notes: HolderNotes;
	readonly metrics: FrontendMetrics;
	readonly clock: IClock;
	readonly log: ILogger;
}

interface Supervised {
	readonly configured: ConfiguredFrontend;
	readonly unmount: (() => void)[];
	frontend: IFrontend | undefined;
	/** It has started and takes replies. */
	running: boolean;
	state: FrontendState;
	/** Of all processes, this one has it: always, unless it is `single`. */
	held: boolean;
	failures: number;
	callOff: (() => void) | undefined;
	/** Leaves it to another process. */
	stepDown: (() => Promise<void>) | undefined;
}

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

/** FrontendSupervisor starts frontends, each on its own: one that fails is tried again with growing waits, and the others go on. */
export class FrontendSupervisor {
	readonly #deps: Dependencies;
	readonly #all = new Map<string, Supervised>();
	#stopped = false;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** What platforms call is answered from now on: by whichever process runs the frontend, or with the wish to come again. */
	expect(all: readonly ConfiguredFrontend[]): void {
		const { webhooks, relay } = this.#deps;
		for (const { single, webhooks: paths = [] } of all) {
			for (const path of paths) webhooks.expect(path, single === true ? relay.bring(path) : async () => COME_AGAIN);
		}
	}

	/** Starts one; rejects only where `vital`, and resolves once it runs or its first try has failed. */
	async start(configured: ConfiguredFrontend, { vital = false } = {}): Promise<void> {
		const one: Supervised = {
			configured,
			unmount: [],
			frontend: undefined,
			running: false,
			state: { status: 'stopped' },
			held: configured.single !== true,
			failures: 0,
			callOff: undefined,
			stepDown: undefined,
		};
		this.#all.set(configured.name, one);
		if (vital) await this.#open(one);
		else if (configured.single === true) await this.#campaign(one);
		else await this.#try(one);
	}

	/** A frontend that takes replies; undefined before it has started, and while it cannot be. */
	running(name: string): IFrontend | undefined {
		const one = this.#all.get(name);
		return one?.running === true ? one.frontend : undefined;
	}

	states(): ReadonlyMap<string, FrontendState> {
		return new Map([...this.#all].map(([name, { state }]) => [name, state]));
	}

	/** Stops all of them; safe to call twice. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#deps.notes.stop();
		await Promise.all(
			[...this.#all.values()].map(async (one) => {
				one.callOff?.();
				one.running = false;
				await one.frontend?.stop().catch((error: unknown) => this.#warn(one, 'frontend not stopped', error));
				this.#unmount(one);
				await one.stepDown?.();
			}),
		);
	}

	/** Resolves at once where another process has it, else like a start. */
	async #campaign(one: Supervised): Promise<void> {
		let first: Promise<void> | undefined;
		this.#standBy(one);
		// To load a platform's library keeps a busy processor for longer than a lease lasts, so it comes first.
		one.frontend = await one.configured.open().catch((error: unknown) => {
			this.#warn(one, 'frontend not loaded', error);
			return undefined;
		});
		if (this.#stopped) return;
		one.stepDown = this.#deps.leases.campaign(`frontend:${one.configured.name}`, ({ lost }) => {
			lost.addEventListener('abort', () => void this.#close(one), { once: true });
			one.held = true;
			first = this.#try(one, lost);
		});
		await first;
	}

	/** Another process runs it from now on. */
	async #close(one: Supervised): Promise<void> {
		const { frontend } = one;
		one.callOff?.();
		one.running = false;
		one.frontend = undefined;
		this.#unmount(one);
		this.#deps.gone(one.configured.name);
		if (!this.#stopped) this.#standBy(one);
		await frontend?.stop().catch((error: unknown) => this.#warn(one, 'frontend not stopped', error));
	}

	/** What troubles it where it runs is shown here, too. */
	#standBy(one: Supervised): void {
		one.held = false;
		this.#show(one, { status: 'standby' });
		this.#deps.notes.listen(one.configured.name, (trouble) => {
			const known = one.state.status === 'standby' ? one.state.message : undefined;
			if (!one.held && known !== trouble?.message) this.#show(one, { status: 'standby', ...trouble });
		});
	}

	async #try(one: Supervised, lost?: AbortSignal): Promise<void> {
		if (lost?.aborted) return;
		try {
			await this.#open(one, lost);
			one.failures = 0;
		} catch (error) {
			// What it has mounted is unmounted by then, and what is there now may be the next one's.
			if (this.#stopped || lost?.aborted) return;
			this.#unmount(one);
			one.failures += 1;
			const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (one.failures - 1), LONGEST_RETRY_MS);
			// The frontend may have said more about it than it threw.
			if (one.state.status !== 'degraded') this.#show(one, stateOf(error));
			this.#warn(one, 'frontend not started', error, { retryInMs: waitMs });
			one.callOff = this.#deps.clock.after(waitMs, () => void this.#try(one, lost));
		}
	}

	async #open(one: Supervised, lost?: AbortSignal): Promise<void> {
		const { name } = one.configured;
		const { host, webhooks, relay, metrics } = this.#deps;
		const frontend = one.frontend ?? (await one.configured.open());
		if (this.#stopped || lost?.aborted) return;
		one.frontend = frontend;
		/** One that was let go may go on for a while. */
		const isCurrent = () => one.frontend === frontend;
		await frontend.start({
			receive: (message) => this.#receive(message),
			mountWebhook: (path, handler) => {
				if (!isCurrent()) return;
				one.unmount.push(webhooks.mount(path, handler));
				if (one.configured.single === true) one.unmount.push(relay.serve(path, handler));
			},
			reportState: (state) => {
				if (isCurrent()) this.#show(one, state);
			},
			reportDelivery: (report) => {
				metrics.reported(name, report.status);
				return host.reportDelivery(report);
			},
			suggestions: (identity, kind) => host.suggestions(identity, kind),
		});
		if (lost?.aborted && !this.#stopped) await frontend.stop();
		if (this.#stopped || lost?.aborted) return;
		one.running = true;
		// What it heard while it started waits for it.
		this.#deps.back(name, howOf(one));
	}

	async #receive(message: InboundMessage): Promise<{ id: string }> {
		const { host, metrics } = this.#deps;
		try {
			const received = await host.receive(message);
			metrics.received(message.frontend, 'accepted');
			return received;
		} catch (error) {
			metrics.received(message.frontend, isCoreError(error) ? error.code : 'internal');
			throw error;
		}
	}

	#show(one: Supervised, state: FrontendState): void {
		const was = one.state.status;
		one.state = state;
		const { name, single } = one.configured;
		if (single === true && one.held) this.#deps.notes.tell(name, state);
		if (one.running && state.status === 'ready' && was !== 'ready') this.#deps.back(name, howOf(one));
		this.#deps.metrics.state(name, state.status === 'ready');
		if (state.status === 'degraded') this.#deps.log.warn('frontend degraded', { frontend: name, ...state });
		else this.#deps.log.info('frontend state', { frontend: name, status: state.status });
	}

	#unmount(one: Supervised): void {
		for (const unmount of one.unmount.splice(0)) unmount();
	}

	#warn(one: Supervised, what: string, error: unknown, fields: Record<string, unknown> = {}): void {
		this.#deps.log.warn(what, { frontend: one.configured.name, error: describeError(error), ...fields });
	}
}

function howOf({ configured }: Supervised): { readonly single: boolean } {
	return { single: configured.single === true };
}

function stateOf(error: unknown): FrontendState {
	if (isCoreError(error)) return { status: 'degraded', message: error.message, hint: error.hint };
	return { status: 'degraded', message: `It could not start: ${describeError(error)}`, hint: 'It is tried again.' };
}
