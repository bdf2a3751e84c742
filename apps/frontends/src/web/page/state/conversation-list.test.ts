import { asConversationId } from '@errand/core/domain/ids.ts';
import { expect, it } from 'vitest';
import { readPages } from './conversation-list.ts';

const held = (id: string, lastAt: number) => {
	const [frontend = ''] = id.split('-');
	return { id: asConversationId(id), frontend, lastAt, messages: 1, undelivered: 0 };
};
const pages = [
	{ conversations: [held('sms-+1', 5), held('web-ann', 9)], next: 7 },
	{ conversations: [held('telegram-1', 8)], next: 3 },
	{ conversations: [held('discord-dm-1', 1)] },
];
const api = {
	conversations: async (before: number | undefined) =>
		pages[before === undefined ? 0 : before === 7 ? 1 : 2] ?? { conversations: [] },
};

it('lists what was said last first over all pages read, without the page’s own, and knows whether there are more', async () => {
	const two = await readPages(api, 2);
	expect(two.conversations.map(({ id }) => id)).toEqual(['telegram-1', 'sms-+1']);
	expect(two.more).toBe(true);
	const all = await readPages(api, 9);
	expect(all.conversations).toHaveLength(3);
	expect(all.more).toBe(false);
});
