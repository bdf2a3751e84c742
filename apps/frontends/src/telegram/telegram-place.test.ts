import { asConversationId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { conversationAt, isPrivate, placeOf } from './telegram-place.ts';

describe('a place on Telegram', () => {
	it('is found again from the conversation’s id alone', () => {
		for (const place of [
			{ chat: 4711, topic: 0, user: 4711 },
			{ chat: 4711, topic: 3, user: 4711 },
			{ chat: -1001234567890, topic: 0, user: 4711 },
			{ chat: -1001234567890, topic: 42, user: 7_000_000_001 },
		]) {
			expect(placeOf(conversationAt(place))).toEqual(place);
		}
		expect(conversationAt({ chat: 4711, topic: 0, user: 4711 })).toBe('telegram-4711');
	});

	it('is private where the chat is the person', () => {
		expect(isPrivate({ chat: 5, topic: 3, user: 5 })).toBe(true);
		expect(isPrivate({ chat: -5, topic: 0, user: 5 })).toBe(false);
	});

	it('is none where the id is not one of ours', () => {
		for (const id of ['telegram-', 'telegram-x', 'discord-5', 'telegram-5.6', 'telegram-5.6-', 'telegram-5-6']) {
			expect(placeOf(asConversationId(id))).toBeUndefined();
		}
	});
});
