import type { IStreamHomes } from '@errand/core/ports/stream-homes.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrontendPresence } from './frontend-presence.ts';

describe('the presence of frontends in this process', () => {
	let clock: FakeClock;
	let offered: readonly string[];
	let claimed: string[];
	/** Another process that has them. */
	let elsewhere: string | undefined;
	let presence: FrontendPresence;
	beforeEach(() => {
		clock = new FakeClock(1_000);
		[offered, claimed, elsewhere] = [[], [], undefined];
		const homes: IStreamHomes = {
			self: 'here',
			alone: false,
			start: async () => {},
			offer: async (names) => {
				offered = names;
			},
			offering: () => elsewhere,
			claim: async (prefix) => void claimed.push(prefix),
			stop: async () => {},
		};
		const log = { debug() {}, info() {}, warn() {}, error() {} };
		presence = new FrontendPresence({ homes, back: () => {}, clock, log });
	});
	const settle = () => clock.advance(0);

	it('is told, with the conversations that go with them', async () => {
		presence.appeared('sms');
		await settle();
		expect([offered, claimed]).toEqual([['frontend:sms'], ['conversation-sms-']]);
		presence.disappeared('sms');
		await settle();
		expect(offered).toEqual([]);
	});

	it('leaves conversations where another process has the frontend as well', async () => {
		elsewhere = 'there';
		presence.appeared('sms');
		await settle();
		expect(claimed).toEqual([]);
	});

	it('takes the conversations of one that works nowhere else, though a dead process still seems to have it', async () => {
		elsewhere = 'dead';
		presence.appeared('telegram', { single: true });
		await settle();
		expect(claimed).toEqual(['conversation-telegram-']);
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
