import { homeOf } from '@errand/core/domain/conversation/places.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { conversationAt, placeOf } from './places.ts';

describe('places', () => {
	it('are found again from the names of their conversations', () => {
		const dm = { kind: 'dm', user: '123' } as const;
		const shared = { kind: 'shared', channel: '1', root: '22', user: '333' } as const;
		expect(placeOf(conversationAt(dm))).toEqual(dm);
		expect(placeOf(conversationAt(shared))).toEqual(shared);
		expect(conversationAt(dm)).toBe(homeOf('discord:123'));
	});

	it('are none of ours for any other name', () => {
		for (const name of ['web-1', 'discord-', 'discord-dm-x', 'discord-1-2', 'discord-1-2-3-4', 'discord-dm-1-2']) {
			expect(placeOf(asConversationId(name))).toBeUndefined();
		}
	});
});
