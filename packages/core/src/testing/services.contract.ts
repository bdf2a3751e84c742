import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CoreError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { IServices, ServiceRequest, ServiceState } from '../ports/services.ts';

/** servicesContract declares what every IServices promises; `setup` gives the ones of the process that offers and of the one that calls. */
export function servicesContract(
	name: string,
	setup: () => Promise<{ readonly offers: IServices; readonly calls: IServices }>,
	teardown: () => Promise<void>,
): void {
	describe(`${name} keeps the contract of services`, () => {
		let offers: IServices;
		let calls: IServices;
		const patient = { timeoutMs: 10_000 };
		/** Offering is heard of in a moment. */
		const known = (service: string, instances = 1) =>
			vi.waitFor(() => expect(calls.state(service)).toMatchObject({ instances, available: instances > 0 }), {
				interval: 5,
			});
		const offer = async (service: string, handle: (request: ServiceRequest) => Promise<Json>) => {
			const stop = offers.register(service, handle);
			await known(service);
			return stop;
		};
		beforeEach(async () => {
			({ offers, calls } = await setup());
		});
		afterEach(teardown);

		test('brings each call its own answer', async () => {
			await offer('echo', async ({ method, body }) => {
				await wait(body === 'slow' ? 50 : 0);
				return { method, body };
			});
			const both = await Promise.all(
				['slow', { ü: [1, null] }].map((body) => calls.call('echo', 'say', body, patient)),
			);
			expect(both).toEqual([
				{ method: 'say', body: 'slow' },
				{ method: 'say', body: { ü: [1, null] } },
			]);
		});

		test('brings the pieces of an answer in order, before it', async () => {
			await offer('count', async ({ body, piece }) => {
				for (let n = 0; n < Number(body); n++) {
					piece({ n });
					if (n % 700 === 0) await wait(1);
				}
				return 'done';
			});
			const heard: Json[] = [];
			const count = async (to: number) => {
				heard.length = 0;
				expect(await calls.call('count', 'to', to, { ...patient, onPiece: (piece) => heard.push(piece) })).toBe('done');
			};
			await count(3);
			expect(heard).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
			await count(5_000);
			expect(heard).toEqual(Array.from({ length: 5_000 }, (_, n) => ({ n })));
		});

		test('says at once that nobody offers a name, and again once nobody does any more', async () => {
			await expect(calls.call('nobody', 'x', null, patient)).rejects.toMatchObject({ code: 'service-down' });
			await expect(calls.cast('nobody', 'x', null, patient)).rejects.toMatchObject({ code: 'service-down' });
			const stop = await offer('soon over', async () => 'here');
			expect(await calls.call('soon over', 'x', null, patient)).toBe('here');
			stop();
			// Also before the caller knows.
			await expect(calls.call('soon over', 'x', null, patient)).rejects.toMatchObject({ code: 'service-down' });
		});

		test('waits no longer than asked to, and tells the handler', async () => {
			const ended = vi.fn();
			await offer('slow', ({ signal }) => {
				signal.addEventListener('abort', ended);
				return new Promise(() => undefined);
			});
			await expect(calls.call('slow', 'x', null, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed-out' });
			await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
		});

		test('cancels a call on both sides, long before it would be given up', async () => {
			const heard = Promise.withResolvers<void>();
			const begun = vi.fn();
			await offer('slow', ({ signal }) => {
				begun();
				signal.addEventListener('abort', () => heard.resolve());
				return new Promise(() => undefined);
			});
			const controller = new AbortController();
			const call = calls.call('slow', 'x', null, { timeoutMs: 3_600_000, signal: controller.signal });
			const refused = expect(call).rejects.toMatchObject({ code: 'cancelled' });
			await vi.waitFor(() => expect(begun).toHaveBeenCalled());
			controller.abort();
			await refused;
			await heard.promise;
			await expect(calls.call('slow', 'x', null, { ...patient, signal: AbortSignal.abort() })).rejects.toMatchObject({
				code: 'cancelled',
			});
			expect(begun).toHaveBeenCalledOnce();
		});

		test('brings a refusal as it was worded, with its cost and its wait', async () => {
			const usage = { tokens: 7, microUsd: 42 };
			await offer('strict', async ({ body }) => {
				if (body === 'fault') throw new TypeError('x is not a function');
				const refusal = new CoreError('rate-limited', 'Too much at once.', { hint: 'Wait a little.' });
				throw Object.assign(refusal, { usage, retryAfterMs: 1_500 });
			});
			await expect(calls.call('strict', 'x', null, patient)).rejects.toMatchObject({
				...{ code: 'rate-limited', message: 'Too much at once.', hint: 'Wait a little.' },
				...{ usage, retryAfterMs: 1_500 },
			});
			const fault = calls.call('strict', 'x', 'fault', patient);
			await expect(fault).rejects.toMatchObject({ code: 'internal', message: 'x is not a function' });
		});

		test('refuses what is too large, in both directions', async () => {
			const large = 'x'.repeat(4_000_001);
			await offer('large', async ({ body, piece }) => {
				if (body === 'piece') piece(large);
				return body === 'more' ? large : 'fits';
			});
			expect(await calls.call('large', 'x', large.slice(10), patient)).toBe('fits');
			for (const body of ['more', 'piece', large]) {
				await expect(calls.call('large', 'x', body, patient)).rejects.toMatchObject({ code: 'too-large' });
			}
		});

		test('tells the answer of a cast later, once', async () => {
			const go = Promise.withResolvers<void>();
			const seen: string[] = [];
			await offer('later', async ({ id, body }) => {
				seen.push(id);
				await go.promise;
				if (body === 'refuse') throw new CoreError('not-possible', 'No.', { hint: 'Leave it.' });
				return 'then';
			});
			const onReply = vi.fn();
			const ids = [
				await calls.cast('later', 'x', null, { ...patient, onReply }),
				await calls.cast('later', 'x', 'refuse', { ...patient, onReply }),
			];
			await vi.waitFor(() => expect(seen).toEqual(ids));
			expect(onReply).not.toHaveBeenCalled();
			go.resolve();
			await vi.waitFor(() => expect(onReply).toHaveBeenCalledTimes(2));
			expect(onReply).toHaveBeenCalledWith({ answer: 'then' });
			expect(onReply).toHaveBeenCalledWith({ error: expect.objectContaining({ code: 'not-possible' }) });
		});

		test('asks the least busy of several, and equals in turn', async () => {
			const free = Promise.withResolvers<Json>();
			const first = vi.fn((_: ServiceRequest): Promise<Json> => free.promise);
			const second = vi.fn(async (_: ServiceRequest): Promise<Json> => 'second');
			offers.register('many', first);
			offers.register('many', second);
			await known('many', 2);
			const all = Array.from({ length: 6 }, () => calls.call('many', 'x', null, patient));
			await vi.waitFor(() => expect(first.mock.calls.length + second.mock.calls.length).toBe(6));
			free.resolve('first');
			await Promise.all(all);
			expect(first.mock.calls.length).toBeLessThanOrEqual(3);
			const [before, beforeSecond] = [first.mock.calls.length, second.mock.calls.length];
			for (let n = 0; n < 4; n++) await calls.call('many', 'x', null, patient);
			expect(first.mock.calls.length - before).toBe(2);
			expect(second.mock.calls.length - beforeSecond).toBe(2);
		});

		test('tells who comes and goes', async () => {
			const heard: ServiceState[] = [];
			const stopWatching = calls.watch((state) => heard.push(state));
			const stops = [offers.register('seen', async () => 1), offers.register('seen', async () => 2)];
			await known('seen', 2);
			stops[0]?.();
			await known('seen', 1);
			expect(calls.list()).toEqual([expect.objectContaining({ name: 'seen', instances: 1, available: true })]);
			const since = calls.state('seen').since;
			stops[1]?.();
			stops[1]?.();
			await known('seen', 0);
			expect(heard.map(({ instances }) => instances).at(-1)).toBe(0);
			expect(heard.every(({ name: each }) => each === 'seen')).toBe(true);
			expect(calls.state('seen').since).toBeGreaterThanOrEqual(since);
			const count = heard.length;
			stopWatching();
			offers.register('seen', async () => 3);
			await known('seen', 1);
			expect(heard).toHaveLength(count);
		});

		test('goes on when whoever listens to pieces breaks', async () => {
			await offer('chatty', async ({ piece }) => {
				piece(1);
				piece(2);
				return 3;
			});
			const heard: Json[] = [];
			const onPiece = (piece: Json) => {
				heard.push(piece);
				throw new Error('broken listener');
			};
			expect(await calls.call('chatty', 'x', null, { ...patient, onPiece })).toBe(3);
			expect(heard).toEqual([1, 2]);
		});
	});
}
