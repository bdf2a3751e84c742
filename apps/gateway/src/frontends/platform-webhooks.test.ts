import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InProcessLeases } from '@errand/core/adapters/in-process/in-process-leases.ts';
import { InProcessPeerCalls } from '@errand/core/adapters/in-process/in-process-peer-calls.ts';
import { InProcessShortMemory } from '@errand/core/adapters/in-process/in-process-short-memory.ts';
import type { FrontendLimits, IFrontend, WebhookRequest } from '@errand/core/ports/frontend.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import express from 'express';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { WebhookTable } from '../http/webhook-table.ts';
import { FrontendMetrics } from './frontend-metrics.ts';
import { type ConfiguredFrontend, FrontendSupervisor } from './frontend-supervisor.ts';
import { HolderNotes } from './holder-notes.ts';
import { WebhookRelay } from './webhook-relay.ts';

const PATH = '/platform/calls';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const stops: (() => unknown)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0).reverse()) await stop();
});

/** Processes of one Errand that are configured alike, and what the platform's calls brought to whichever runs its frontend. */
function processes({ single }: { single: boolean }) {
	const [leases, peers] = [new InProcessLeases('one'), new InProcessPeerCalls()];
	const called: WebhookRequest[] = [];
	const ready = Promise.withResolvers<void>();
	const open = async (): Promise<IFrontend> => ({
		name: 'discord',
		limits: {} as FrontendLimits,
		start: async (host) => {
			await ready.promise;
			host.mountWebhook(PATH, async (request) => {
				called.push(request);
				return { status: 202, headers: { 'x-from': 'platform' }, body: 'taken' };
			});
		},
		deliver: () => Promise.reject(new Error('It only listens.')),
		revise: async () => {},
		stop: async () => {},
	});
	const configured: ConfiguredFrontend = { name: 'discord', single, webhooks: [PATH], open };
	const clock = new FakeClock(1_000);
	const notes = () => new HolderNotes({ memory: new InProcessShortMemory(() => clock.now()), clock, log: quiet });
	const startOne = async () => {
		const webhooks = new WebhookTable();
		const supervisor = new FrontendSupervisor({
			host: { receive: async () => ({ id: 'm' }), reportDelivery: async () => {}, suggestions: async () => [] },
			...{ back: () => {}, gone: () => {}, leases, webhooks, relay: new WebhookRelay({ peers, log: quiet }) },
			...{ metrics: new FrontendMetrics(new Registry()), notes: notes(), clock, log: quiet },
		});
		supervisor.expect([configured]);
		const server = createServer(express().use(webhooks.middleware)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		stops.push(
			() => server.close(),
			() => supervisor.stop(),
		);
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const body = Buffer.from([0, 255, 13, 10, 200]);
		const call = () => fetch(`${url}${PATH}?a=1`, { method: 'POST', body, headers: { 'x-signature': 'süß' } });
		return { supervisor, call, start: () => supervisor.start(configured), body };
	};
	return { startOne, called, ready: ready.resolve };
}

describe('the calls of a platform', () => {
	it('are asked to come again while its frontend has not started', async () => {
		const { startOne, ready } = processes({ single: false });
		const { call, start, supervisor } = await startOne();
		const early = await call();
		expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
		const started = start();
		expect((await call()).status).toBe(503);
		ready();
		await started;
		expect((await call()).status).toBe(202);
		await supervisor.stop();
		expect((await call()).status).toBe(503);
	});

	it('reach the one process that runs its frontend through any other, byte for byte', async () => {
		const { startOne, called, ready } = processes({ single: true });
		ready();
		const [holder, other] = [await startOne(), await startOne()];
		await Promise.all([holder.start(), other.start()]);
		const answer = await other.call();
		expect([answer.status, answer.headers.get('x-from'), await answer.text()]).toEqual([202, 'platform', 'taken']);
		expect(called).toMatchObject([{ method: 'POST', url: `${PATH}?a=1`, headers: { 'x-signature': 'süß' } }]);
		expect(Buffer.from(called[0]?.body ?? []).equals(other.body)).toBe(true);
		expect((await holder.call()).status).toBe(202);
		expect(called).toHaveLength(2);
	});

	it('wait for a frontend that is about to run somewhere', async () => {
		const { startOne, called, ready } = processes({ single: true });
		const [holder, other] = [await startOne(), await startOne()];
		const started = holder.start();
		await other.start();
		const answer = other.call();
		ready();
		await started;
		expect([(await answer).status, called.length]).toEqual([202, 1]);
	});
});
