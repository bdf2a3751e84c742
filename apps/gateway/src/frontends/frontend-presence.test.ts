import type { IStreamHomes } from '@errand/core/ports/stream-homes.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrontendPresence } from './frontend-presence.ts';

describe('the presence of frontends in this process', () => {
	let clock: FakeClock;
	let offered: readonly string[];
	let claimed: (readonly [prefix: string, sparing: string | undefined])[];
	let presence: FrontendPresence;
	beforeEach(() => {
		clock = new FakeClock(1_000);
		[offered, claimed] = [[], []];
		const homes: IStreamHomes = {
			self: 'here',
			alone: false,
			start: async () => {},
			offer: async (names) => {
				offered = names;
			},
			offering: () => undefined,
			claim: async (prefix, sparing) => void claimed.push([prefix, sparing]),
			stop: async () => {},
		};
		const log = { debug() {}, info() {}, warn() {}, error() {} };
		presence = new FrontendPresence({ homes, back: () => {}, clock, log });
	});
	const settle = () => clock.advance(0);

	it('is told, and takes conversations from processes that do not have the frontend as well', async () => {
		presence.appeared('sms');
		await settle();
		expect([offered, claimed]).toEqual([['frontend:sms'], [['conversation-sms-', 'frontend:sms']]]);
		presence.disappeared('sms');
		await settle();
		expect(offered).toEqual([]);
	});

	it('takes the conversations of one that works nowhere else, though a dead process still seems to have it', async () => {
		presence.appeared('telegram', { single: true });
		await settle();
		expect(claimed).toEqual([['conversation-telegram-', undefined]]);
	});

	it('takes back what others took over from a dead process later, as long as it works here', async () => {
		presence.appeared('telegram', { single: true });
		await settle();
		await clock.advance(1_000);
		await clock.advance(1_000);
		expect(claimed).toHaveLength(3);
		presence.disappeared('telegram');
		await clock.advance(5_000);
		expect(claimed).toHaveLength(3);
	});
});
