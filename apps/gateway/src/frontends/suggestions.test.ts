import { asPersonId } from '@errand/core/domain/ids.ts';
import { expect, it } from 'vitest';
import { suggestionsFor } from './suggestions.ts';

const person = asPersonId('ann');
const suggestions = suggestionsFor({
	people: {
		whoIs: async (identity) => (identity === 'discord:1' ? { person, role: 'member' } : undefined),
		view: async () => ({
			...{ id: person, role: 'member', tokens: [], preferences: { notify: {} } },
			identities: [{ identity: 'discord:1', name: 'Ann' }, { identity: 'sms:+15550001111' }],
		}),
	},
	tasks: { recent: async () => [{ number: 7, id: 't7' as never, goal: 'find a train', status: 'done' }] },
	workflows: {
		list: async () =>
			[
				{ name: 'offers', title: 'Compare offers', enabled: true },
				{ name: 'weekly', title: 'weekly', enabled: true },
				{ name: 'old', title: 'Retired', enabled: false },
			] as never,
	},
	schedules: {
		list: async () =>
			[
				{ number: 2, title: 'The news', words: 'daily at 07:00', status: 'active' },
				{ number: 1, title: 'Once', words: 'tomorrow', status: 'ended' },
			] as never,
	},
});

it('suggestions are what a person has, as they would write it and with what it is', async () => {
	expect(await suggestions('discord:1', 'task')).toEqual([{ value: '7', label: '7 · find a train (done)' }]);
	expect(await suggestions('discord:1', 'workflow')).toEqual([
		{ value: 'offers', label: 'offers · Compare offers' },
		{ value: 'weekly', label: 'weekly' },
	]);
	expect(await suggestions('discord:1', 'schedule')).toEqual([{ value: '2', label: '2 · The news (daily at 07:00)' }]);
	expect(await suggestions('discord:1', 'account')).toEqual([
		{ value: 'discord:1', label: 'discord:1 · Ann' },
		{ value: 'sms:+15550001111', label: 'sms:+15550001111' },
	]);
});

it('strangers are suggested nothing', async () => {
	for (const kind of ['task', 'workflow', 'schedule', 'account'] as const)
		expect(await suggestions('discord:2', kind)).toEqual([]);
});
