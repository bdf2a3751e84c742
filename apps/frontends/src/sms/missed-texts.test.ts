import type { ILogger } from '@errand/core/ports/logger.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { describe, expect, it } from 'vitest';
import type { InboundSms } from './inbound-sms.ts';
import { MissedTexts } from './missed-texts.ts';
import { SmsNotes } from './sms-notes.ts';

const log: ILogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function openMissed() {
	const clock = new FakeClock();
	const at: { since?: number; down: boolean; full: boolean } = { down: false, full: false };
	const waiting: InboundSms[] = [];
	const taken: string[] = [];
	const said: string[] = [];
	const notes = await SmsNotes.open({ load: async () => undefined, save: async () => {} });
	const missed = new MissedTexts({
		client: {
			receivedSince: async (since, known) => {
				at.since = since;
				if (at.down) throw new Error('Twilio is down');
				return waiting.filter(({ messageSid }) => !known.has(messageSid));
			},
			send: async ({ body }) => {
				said.push(body);
				return 'SM';
			},
		},
		inbox: {
			take: async ({ messageSid }) => {
				if (at.full) return { taken: false };
				taken.push(messageSid);
				return messageSid === 'stranger' ? { taken: true, said: 'your code' } : { taken: true };
			},
		},
		notes,
		everyMs: 300_000,
		clock,
		log,
	});
	const comes = (messageSid: string) =>
		waiting.push({ messageSid, accountSid: 'AC', from: '+1', to: '+2', body: 'x', media: [] });
	return { clock, at, comes, taken, said, notes, missed };
}

describe('texts that were missed', () => {
	it('are looked for every few minutes, and taken once', async () => {
		const { clock, comes, taken, notes, missed, at } = await openMissed();
		await missed.look();
		expect(notes.checkedAt).toBe(clock.now());
		const before = clock.now();
		comes('a');
		comes('stranger');
		await clock.advance(300_000);
		expect(taken).toEqual(['a', 'stranger']);
		expect(at.since).toBeLessThan(before);
		await clock.advance(900_000);
		expect(taken).toHaveLength(2);
		missed.stop();
		comes('b');
		await clock.advance(900_000);
		expect(taken).toHaveLength(2);
	});

	it('are told at once what a webhook would have been told', async () => {
		const { clock, comes, said, missed } = await openMissed();
		await missed.look();
		comes('stranger');
		await clock.advance(300_000);
		expect(said).toEqual(['your code']);
	});

	it('are looked for again soon, and from the same time on, while they cannot be taken', async () => {
		const { clock, at, comes, taken, notes, missed } = await openMissed();
		await missed.look();
		const { checkedAt } = notes;
		at.down = true;
		comes('a');
		await clock.advance(300_000);
		at.down = false;
		at.full = true;
		await clock.advance(60_000);
		expect([taken, notes.checkedAt]).toEqual([[], checkedAt]);
		at.full = false;
		await clock.advance(15_000);
		expect(taken).toEqual(['a']);
	});

	it('are looked for soon after one that came could not be taken', async () => {
		const { clock, comes, taken, missed } = await openMissed();
		await missed.look();
		comes('a');
		missed.heard('a', false);
		await clock.advance(15_000);
		expect(taken).toEqual(['a']);
		missed.heard('b', true);
		comes('b');
		await clock.advance(300_000);
		expect(taken).toEqual(['a']);
	});

	it('keep newer ones waiting for a few seconds at most', async () => {
		const { clock, missed } = await openMissed();
		let looked = false;
		await missed.caughtUp();
		const looking = missed.look().then(() => {
			looked = true;
		});
		await missed.caughtUp();
		await looking;
		expect([looked, clock.waiting]).toEqual([true, 1]);
	});
});
