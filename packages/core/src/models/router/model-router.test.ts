import { afterEach, describe, expect, it } from 'vitest';
import { asPersonId, asStepId, asTaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { IModelLedger } from '../../ports/model-ledger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type Answer, chunk, fails, says } from '../fixture/model-server.ts';
import { BriefLedger, played, playedModel, SILENT_LOG } from '../fixture/played-models.ts';
import { openRouted } from '../fixture/routed-servers.ts';
import { ModelRouter } from './model-router.ts';

type Opened = Awaited<ReturnType<typeof openRouted>>;
const opened: Opened[] = [];
afterEach(async () => {
	for (const one of opened.splice(0)) await one.stop();
});

async function open(...parts: Parameters<typeof openRouted>): Promise<Opened> {
	const one = await openRouted(...parts);
	opened.push(one);
	return one;
}

/** Says a few words and breaks the line. */
const diesAfter =
	(text: string): Answer =>
	(response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(chunk({ content: text }), () => response.destroy());
	};
/** Says something after a while. */
const late =
	(ms: number, answer: Answer): Answer =>
	(response, asked) =>
		void setTimeout(() => answer(response, asked), ms);
const silent: Answer = () => undefined;
const tooMuch = (seconds: number) => fails(429, { message: 'slow down' }, { 'retry-after': String(seconds) });

const ann = asPersonId('ann');
const caller = { person: ann, taskId: asTaskId('t1'), stepId: asStepId('s1') };

describe('a request', () => {
	it('for what is no number of tokens is refused, and reserves nothing of anybody’s budget', async () => {
		const { ask, asked } = await open([{ name: 'a/mid', tiers: ['middle'], answers: [says('Mid.')] }]);
		for (const maxTokens of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
			await expect(ask({ caller, maxTokens })).rejects.toMatchObject({ code: 'invalid-input' });
		}
		expect((await ask({ caller })).text).toBe('Mid.');
		expect(asked()).toEqual([1]);
	});

	it('goes to the model that suits it, and the reply tells which and why', async () => {
		const { ask, asked, calls } = await open([
			{ name: 'a/big', tiers: ['large'], answers: [says('Big.')] },
			{ name: 'b/mid', tiers: ['middle'], answers: [says('Mid.')] },
			{ name: 'b/tiny', tiers: ['small'], answers: [says('Tiny.')] },
		]);
		const reply = await ask({ caller, promptVersion: '3fa9c1' });
		expect(reply).toMatchObject({ text: 'Mid.', model: 'stand-in-1' });
		const reason = 'medium task, middle model, the one of its size; prompt 3fa9c1';
		const use = { model: 'b/mid', purpose: 'plan', reason, calls: 1, tokens: 15, microUsd: 20 };
		expect(reply.usage).toEqual({ tokens: 15, microUsd: 20, models: [use] });
		expect((await ask({ purpose: 'web.links' })).text).toBe('Tiny.');
		expect((await ask({ complexity: 'complex' })).text).toBe('Big.');
		expect((await ask({ model: 'b/tiny' })).usage.models?.[0]?.reason).toBe('asked for by name');
		expect(asked()).toEqual([1, 1, 2]);
		const [, , , first] = await calls();
		expect(first).toMatchObject({
			...{ person: 'ann', taskId: 't1', stepId: 's1', purpose: 'plan', complexity: 'medium', provider: 'b' },
			...{ model: 'mid', reason, inputTokens: 10, cachedTokens: 0, outputTokens: 5, microUsd: 20, outcome: 'ok' },
		});
	});

	it('tells the wordings of instructions apart, whatever is asked with them', async () => {
		const { ask } = await open([
			{ name: 'a/mid', answers: [says('One.'), says('Two.'), says('Three.'), says('Four.')] },
		]);
		const versionOf = async (system: string, user: string, schema?: Json) => {
			const messages = [
				{ role: 'system' as const, text: system },
				{ role: 'user' as const, text: user },
			];
			const { usage } = await ask({ messages, output: schema === undefined ? undefined : { name: 'it', schema } });
			return usage.models?.[0]?.reason.split('; prompt ')[1];
		};
		const first = await versionOf('Be exact.', 'How many?');
		expect(first).toMatch(/^[0-9a-f]{6}$/);
		expect(await versionOf('Be exact.', 'How few?')).toBe(first);
		expect(await versionOf('Be very exact.', 'How many?')).not.toBe(first);
		expect(await versionOf('Be exact.', 'How many?', { type: 'string' })).not.toBe(first);
	});

	it('goes to the model that the person pinned', async () => {
		const { ask } = await open(
			[
				{ name: 'a/mid', answers: [says('A.')] },
				{ name: 'b/tiny', tiers: ['small'], answers: [says('B.')] },
			],
			{ pin: 'b/tiny' },
		);
		expect((await ask({ caller })).text).toBe('B.');
		expect((await ask()).text).toBe('A.');
	});

	it('goes first to what the work was told to be done with, and on to others where that cannot answer', async () => {
		const { ask } = await open(
			[
				{ name: 'a/mid', answers: [says('A.')] },
				{ name: 'b/tiny', tiers: ['small'], answers: [says('B.')] },
			],
			{ pin: 'a/mid' },
		);
		const reply = await ask({ caller, prefer: ['x/gone', 'b/tiny'] });
		expect(reply.text).toBe('B.');
		expect(reply.usage.models).toMatchObject([{ model: 'b/tiny', reason: 'chosen for this work' }]);
		expect((await ask({ caller, prefer: ['x/gone'] })).text).toBe('A.');
	});

	it('is refused where it names a model that is not there, in words that name those that are', async () => {
		const { ask } = await open([{ name: 'a/mid', answers: [says('A.')] }]);
		await expect(ask({ model: 'x/y' })).rejects.toMatchObject({ code: 'model-refused', hint: 'These are: a/mid.' });
		const images = [{ type: 'image/png', base64: 'AAAA' }];
		const looking = ask({ messages: [{ role: 'user', text: 'What is this?', images }] });
		await expect(looking).rejects.toMatchObject({
			code: 'model-refused',
			message: expect.stringContaining('pictures'),
		});
	});

	it('is cancelled at once, whether it runs, waits for its turn or for another try', async () => {
		const { ask, router } = await open([{ name: 'a/mid', limits: { concurrency: 1 }, answers: [silent] }]);
		const stop = new AbortController();
		const runs = ask({}, stop.signal);
		const waits = ask({}, stop.signal);
		const ends = Promise.allSettled([runs, waits]);
		await expect.poll(() => router.views()[0]).toMatchObject({ running: 1, waiting: 1 });
		stop.abort();
		for (const end of await ends) expect(end).toMatchObject({ reason: { code: 'cancelled' } });
		expect(router.views()[0]).toMatchObject({ running: 0, waiting: 0 });
	});
});

describe('a model that fails', () => {
	it('in mid stream is followed by the next, which starts the answer over: no word of the first is left', async () => {
		const { ask, heard, calls } = await open([
			{ name: 'a/mid', answers: [diesAfter('Wrong wor')] },
			{ name: 'b/mid', answers: [says('Right words.')] },
		]);
		const reply = await ask();
		expect(reply.text).toBe('Right words.');
		expect(heard.slice(0, 2)).toEqual(['Wrong wor', '↺']);
		expect(heard.slice(2).join('')).toBe('Right words.');
		expect(heard.filter((piece) => piece === '↺')).toHaveLength(1);
		const [a, b] = reply.usage.models ?? [];
		expect(a).toMatchObject({ model: 'a/mid', reason: expect.stringMatching(/; failed$/), calls: 1 });
		expect(b).toMatchObject({ model: 'b/mid', reason: expect.stringMatching(/; after a\/mid failed$/), microUsd: 20 });
		// What the first said before it died was paid for.
		expect(a?.tokens).toBeGreaterThan(0);
		expect(reply.usage).toMatchObject({
			tokens: 15 + (a?.tokens ?? 0),
			microUsd: 20 + (a?.microUsd ?? 0),
		});
		expect((await calls()).map(({ outcome }) => outcome)).toEqual(['ok', 'failed']);
	});

	it('by its key or the request is followed by the next, too; without any the first says why', async () => {
		const { ask, asked, changes } = await open([
			{ name: 'a/mid', answers: [fails(401)] },
			{ name: 'b/mid', answers: [fails(400, { message: 'too odd' }), says('Fine.')] },
			{ name: 'c/mid', answers: [says('Mine.'), fails(400, { message: 'no' })] },
		]);
		expect((await ask()).text).toBe('Mine.');
		expect(changes).toMatchObject([
			{ name: 'a/mid', health: 'down', trouble: expect.stringContaining('401') },
			{ name: 'c/mid', health: 'up' },
		]);
		// The key is not tried again for now; an odd request says nothing about the model.
		expect((await ask()).text).toBe('Fine.');
		expect(asked()).toEqual([1, 2, 1]);
	});

	it('is tried again after a while where no other can take over, and what all of it cost is counted', async () => {
		const { ask, heard } = await open([{ name: 'a/mid', answers: [fails(500), diesAfter('Oh'), says('There.')] }], {
			clock: new QuickClock(),
		});
		const reply = await ask();
		expect(reply.text).toBe('There.');
		expect(heard.join('')).toBe('Oh↺There.');
		expect(reply.usage.models?.map(({ reason }) => reason.replace(/^.*only one that can/, ''))).toEqual([
			...['; failed', '; tried again; failed', '; tried again'],
		]);
	});

	it('is left alone for as long as it wishes, and others do its work meanwhile', async () => {
		const { ask, asked } = await open([
			{ name: 'a/mid', answers: [tooMuch(60), says('Back.')] },
			{ name: 'b/mid', answers: [says('Instead.')] },
		]);
		for (let n = 0; n < 5; n += 1) expect((await ask()).text).toBe('Instead.');
		expect(asked()).toEqual([1, 5]);
	});

	it('says after all tries in vain what the best suited one said, who else failed, and when to come back', async () => {
		const { ask, asked } = await open(
			[
				{ name: 'a/mid', answers: [tooMuch(60)] },
				{ name: 'b/mid', answers: [fails(503)] },
			],
			{ clock: new QuickClock() },
		);
		await expect(ask()).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringMatching(/mid at .* is busy \(429\)\. Then b\/mid failed, too\./),
		});
		expect(asked()).toEqual([1, 3]);
	});
});

describe('storms of “too much”', () => {
	it('lower the pace, and every call is answered in the end', async () => {
		let running = 0;
		let refused = 0;
		const bound = 3;
		/** Takes three at once and refuses the rest. */
		const strict: Answer = (response, asked) => {
			if (running >= bound) {
				refused += 1;
				return fails(429, { message: 'slow down' }, { 'retry-after-ms': '40' })(response, asked);
			}
			running += 1;
			setTimeout(() => {
				running -= 1;
				says('Done.')(response, asked);
			}, 5);
		};
		const { ask } = await open([{ name: 'a/mid', answers: [strict] }]);
		const first = await Promise.allSettled(Array.from({ length: 40 }, () => ask()));
		const after = refused;
		// From then on the pace is known.
		const second = await Promise.allSettled(Array.from({ length: 40 }, () => ask()));
		for (const end of [...first, ...second]) expect(end.status).toBe('fulfilled');
		// Without a pace each call would be refused some six times.
		expect(refused - after).toBeLessThan(80);
	});
});

describe('a second request beside a slow one', () => {
	const config = { hedge: { afterMs: 40 } };

	it('answers in its place, breaks it off, and both are paid for', async () => {
		const { ask, heard, servers, calls } = await open(
			[
				{ name: 'a/mid', answers: [late(1_500, says('Late words.'))] },
				{ name: 'b/mid', answers: [says('Quick.')] },
			],
			{ config },
		);
		const reply = await ask();
		expect(reply.text).toBe('Quick.');
		expect(heard.join('')).toBe('Quick.');
		await expect.poll(() => servers[0]?.closedByClient()).toBe(1);
		const [a, b] = reply.usage.models ?? [];
		expect(a).toMatchObject({ model: 'a/mid', reason: expect.stringMatching(/; overtaken$/) });
		expect(b).toMatchObject({ model: 'b/mid', reason: expect.stringContaining('; as the first was slow') });
		expect(a?.microUsd).toBeGreaterThan(0);
		expect((await calls()).map(({ outcome }) => outcome).toSorted()).toEqual(['cancelled', 'ok']);
	});

	it('is not made where words come in time, and gives way where the first speaks before it', async () => {
		const clock = new FakeClock();
		let waitMs = 0;
		const after = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
		const first = playedModel('a/mid', async (_request, { onText }) => {
			await after(waitMs);
			onText?.('First.');
			return played('First.');
		});
		const second = playedModel(
			'b/mid',
			async (_request, { signal, onText }) => {
				await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
				onText?.('Never.');
				return played('Never.');
			},
			{ rank: 1 },
		);
		const heard: string[] = [];
		const router = new ModelRouter({
			...{ models: [first, second], config, clock, log: SILENT_LOG, secrets: [] },
			ledger: new BriefLedger() as unknown as IModelLedger,
			pinOf: async () => undefined,
			onHealth: () => undefined,
		});
		const ask = async () => {
			const reply = router.reply(
				{ purpose: 'plan', messages: [{ role: 'user', text: 'Hello?' }], maxTokens: 100 },
				{ signal: new AbortController().signal, onText: (piece) => void heard.push(piece) },
			);
			await clock.advance(100);
			return (await reply).usage.models?.map(({ model }) => model).toSorted();
		};
		waitMs = 39;
		expect(await ask()).toEqual(['a/mid']);
		waitMs = 60;
		expect(await ask()).toEqual(['a/mid', 'b/mid']);
		expect(heard).toEqual(['First.', 'First.']);
		expect(clock.waiting).toBe(0);
	});
});

describe('budgets', () => {
	const price = { input: 1_000, output: 2_000 };

	it('of a day are kept before the call, also by many at once, and say which it is and until when', async () => {
		const { ask, asked, calls } = await open([{ name: 'a/mid', price, answers: [late(5, says('Dear.'))] }], {
			config: { budgets: { perDayUsd: 0.4 } },
		});
		const ends = await Promise.allSettled(Array.from({ length: 30 }, () => ask({ caller, maxTokens: 64 })));
		const spent = (await calls()).reduce((sum, { microUsd }) => sum + microUsd, 0);
		expect(spent).toBeLessThanOrEqual(400_000);
		expect(spent).toBeGreaterThan(0);
		expect(asked()[0]).toBeLessThan(30);
		const refused = ends.find(({ status }) => status === 'rejected');
		expect(refused).toMatchObject({
			reason: {
				code: 'over-day-budget',
				message: expect.stringMatching(/^The budget for all models of \$0\.40 a day leaves too little for this/),
				hint: expect.stringContaining('00:00 UTC'),
			},
		});
	});

	it('of a day have a call wait where what others may cost stands against it, rather than refuse or shorten it', async () => {
		const { ask, servers } = await open([{ name: 'a/mid', price, answers: [late(5, says('Short.'))] }], {
			config: { budgets: { perDayUsd: 2 } },
		});
		// Each may cost more than a dollar, and costs a fiftieth of one.
		const replies = await Promise.all(Array.from({ length: 20 }, () => ask({ caller, maxTokens: 500 })));
		expect(replies.map(({ text }) => text)).toEqual(Array(20).fill('Short.'));
		const bounds = servers[0]?.asked.flatMap(({ body }) => body?.max_completion_tokens ?? body?.max_tokens ?? []);
		expect(bounds?.every((bound) => bound === 500)).toBe(true);
		const stop = new AbortController();
		const [first, second] = [ask({ caller, maxTokens: 500 }), ask({ caller, maxTokens: 500 }, stop.signal)];
		stop.abort();
		await expect(second).rejects.toMatchObject({ code: 'cancelled' });
		expect((await first).text).toBe('Short.');
	});

	it('of a person bound that person alone', async () => {
		const { ask } = await open([{ name: 'a/mid', price, answers: [says('Dear.')] }], {
			config: { budgets: { perPersonDayUsd: 0.2 } },
		});
		expect((await ask({ caller, maxTokens: 64 })).text).toBe('Dear.');
		await expect(
			(async () => {
				for (let n = 0; n < 20; n += 1) await ask({ caller, maxTokens: 64 });
			})(),
		).rejects.toMatchObject({ code: 'over-day-budget', message: expect.stringContaining('for your models') });
		expect((await ask({ caller: { person: asPersonId('bob') }, maxTokens: 64 })).text).toBe('Dear.');
	});

	it('of a task trim the reply to what is left, and refuse where that is nothing', async () => {
		const { ask, servers } = await open([{ name: 'a/mid', price, answers: [says('Dear.')] }]);
		await ask({ allowance: { tokens: 10_000, microUsd: 250_000 }, maxTokens: 4_000 });
		const { max_completion_tokens: most, max_tokens: other } = servers[0]?.asked[0]?.body ?? {};
		expect(most ?? other).toBeGreaterThan(64);
		expect(most ?? other).toBeLessThan(125);
		const none = ask({ allowance: { tokens: 10_000, microUsd: 1_000 } });
		await expect(none).rejects.toMatchObject({ code: 'over-budget', message: expect.stringContaining('this task') });
		expect(servers[0]?.asked).toHaveLength(1);
	});
});

describe('a pure request', () => {
	it('is asked once for each person, and costs nothing the second time', async () => {
		const { ask, asked, calls, heard, router } = await open([{ name: 'a/mid', answers: [says('Same.')] }]);
		const pure = { pure: true, caller };
		const first = await ask(pure);
		const again = await ask(pure);
		expect(again).toMatchObject({ text: first.text, usage: { tokens: 0, microUsd: 0 } });
		expect(again.usage.models).toMatchObject([{ model: 'a/mid', reason: 'the same was asked before', calls: 0 }]);
		expect(heard.join('')).toBe('Same.Same.');
		expect(asked()).toEqual([1]);
		expect((await calls()).map(({ outcome, microUsd }) => [outcome, microUsd])).toContainEqual(['cached', 0]);
		await ask({ pure: true, caller: { person: asPersonId('bob') } });
		await ask({ ...pure, maxTokens: 99 });
		await ask({ ...pure, output: { name: 'x', schema: { type: 'object' } } });
		expect(asked()).toEqual([4]);
		router.forget(ann);
		await ask(pure);
		expect(asked()).toEqual([5]);
	});
});

describe('secrets and transcripts', () => {
	it('no secret leaves in a prompt or stays in a transcript', async () => {
		const secret = 'sk-very-secret-1234';
		const { ask, servers, ledger, calls } = await open([{ name: 'a/mid', answers: [says(`I saw ${secret}!`)] }], {
			secrets: [secret],
			config: { audit: { keepDays: 2 } },
		});
		await ask({ caller, messages: [{ role: 'user', text: `My key is ${secret}.` }] });
		expect(JSON.stringify(servers[0]?.asked[0]?.body)).not.toContain(secret);
		const [call] = await calls();
		const transcript = await ledger.transcript(call?.id ?? '');
		expect(transcript?.request).toContain('My key is [secret].');
		expect(transcript?.reply).toContain('I saw [secret]!');
		expect(transcript?.until).toBe((call?.at ?? 0) + 2 * 86_400_000);
	});
});

/** Time that passes twenty times as quickly for whoever waits. */
class QuickClock {
	now(): number {
		return Date.now();
	}

	after(delayMs: number, run: () => void): () => void {
		const timer = setTimeout(run, delayMs / 20);
		return () => clearTimeout(timer);
	}
}
