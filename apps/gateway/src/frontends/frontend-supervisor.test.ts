import { InProcessPeerCalls } from '@errand/core/adapters/in-process/in-process-peer-calls.ts';
import { InProcessShortMemory } from '@errand/core/adapters/in-process/in-process-short-memory.ts';
import type { FrontendHost, FrontendLimits, IFrontend } from '@errand/core/ports/frontend.ts';
import type { Lease } from '@errand/core/ports/lease.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { WebhookTable } from '../http/webhook-table.ts';
import { FrontendMetrics } from './frontend-metrics.ts';
import { FrontendSupervisor } from './frontend-supervisor.ts';
import { HolderNotes } from './holder-notes.ts';
import { WebhookRelay } from './webhook-relay.ts';

/** A platform whose connection can be had by one process at a time; each start and stop waits to be let through. */
class Platform implements IFrontend {
	readonly name = 'telegram';
	readonly limits = {} as FrontendLimits;
	host: FrontendHost | undefined;
	stopped = false;
	readonly started = Promise.withResolvers<void>();

	async start(host: FrontendHost): Promise<void> {
		this.host = host;
		await this.started.promise;
		host.reportState({ status: 'ready' });
	}
	deliver(): Promise<never> {
		throw new Error('It only connects.');
	}
	async revise(): Promise<void> {}
	async stop(): Promise<void> {
		this.stopped = true;
		this.host?.reportState({ status: 'stopped' });
	}
}

describe('a frontend that one process runs at a time', () => {
	const quiet = { debug() {}, info() {}, warn() {}, error() {} };
	let opened: Platform[];
	let campaigns: ((lease: Lease) => void)[];
	let present: string[];
	let supervisor: FrontendSupervisor;
	let clock: FakeClock;
	let memory: InProcessShortMemory;
	beforeEach(async () => {
		clock = new FakeClock(1_000);
		memory = new InProcessShortMemory(() => clock.now());
		opened = [];
		campaigns = [];
		present = [];
		supervisor = new FrontendSupervisor({
			host: {
				receive: async () => ({ id: 'm' }),
				reportDelivery: async () => {},
				suggestions: async () => [],
			},
			back: (name) => present.push(name),
			gone: (name) => present.splice(present.indexOf(name), 1),
			leases: {
				campaign: (_name, won) => {
					campaigns.push(won);
					return async () => {};
				},
			},
			webhooks: new WebhookTable(),
			relay: new WebhookRelay({ peers: new InProcessPeerCalls(), log: quiet }),
			metrics: new FrontendMetrics(new Registry()),
			notes: new HolderNotes({ memory, clock, log: quiet }),
			clock,
			log: quiet,
		});
		await supervisor.start({
			name: 'telegram',
			single: true,
			open: async () => {
				const platform = new Platform();
				opened.push(platform);
				return platform;
			},
		});
	});
	const state = () => supervisor.states().get('telegram')?.status;
	/** This process has the lease from now on; returns the way to lose it. */
	const win = () => {
		const over = new AbortController();
		campaigns[0]?.({ name: 'frontend:telegram', epoch: 1, lost: over.signal, release: async () => {} });
		return () => over.abort();
	};
	const settle = () => new Promise((resolve) => setImmediate(resolve));

	it('is loaded before it is this process that runs it, and connected only then', async () => {
		expect(opened).toHaveLength(1);
		expect([state(), opened[0]?.host]).toEqual(['standby', undefined]);
		win();
		opened[0]?.started.resolve();
		await settle();
		expect([state(), supervisor.running('telegram'), present]).toEqual(['ready', opened[0], ['telegram']]);
		expect(opened).toHaveLength(1);
	});

	it('is stopped when another process has it, and stands by', async () => {
		const lose = win();
		opened[0]?.started.resolve();
		await settle();
		lose();
		await settle();
		expect([opened[0]?.stopped, state(), supervisor.running('telegram'), present]).toEqual([
			true,
			'standby',
			undefined,
			[],
		]);
	});

	it('does not run where it was lost in the middle of its start', async () => {
		const lose = win();
		await settle();
		lose();
		opened[0]?.started.resolve();
		await settle();
		expect([opened[0]?.stopped, state(), supervisor.running('telegram'), present]).toEqual([
			true,
			'standby',
			undefined,
			[],
		]);
	});

	it('is shown with its trouble where it only stands by', async () => {
		const trouble = { message: 'The connection is lost.', hint: 'Wait.' };
		const elsewhere = new HolderNotes({ memory, clock, log: quiet });
		elsewhere.tell('telegram', { status: 'degraded', ...trouble });
		await clock.advance(3_000);
		expect(supervisor.states().get('telegram')).toEqual({ status: 'standby', ...trouble });
		elsewhere.tell('telegram', { status: 'ready' });
		await clock.advance(3_000);
		expect(supervisor.states().get('telegram')).toEqual({ status: 'standby' });
	});

	it('is shown as it is now, whatever the one before says on its way out', async () => {
		const lose = win();
		opened[0]?.started.resolve();
		await settle();
		lose();
		win();
		await settle();
		opened[1]?.started.resolve();
		await settle();
		expect(state()).toBe('ready');
		opened[0]?.host?.reportState({ status: 'degraded', message: 'The connection is lost.', hint: 'Wait.' });
		expect([state(), supervisor.running('telegram')]).toEqual(['ready', opened[1]]);
	});
});
