import { expect, it } from 'vitest';
import { isReadableInteraction, isReadableMessage } from './readable-events.ts';

it('a message is read where what every message has is there', () => {
	const author = { id: '2', username: 'ann', global_name: null };
	const message = { id: '1', channel_id: '3', author, content: '', type: 0, attachments: [], never_heard_of: {} };
	expect(isReadableMessage(message)).toBe(true);
	for (const odd of [{ id: 'x' }, { author: null }, { content: {} }, { attachments: [null] }, { type: 'x' }])
		expect(isReadableMessage({ ...message, ...odd }), JSON.stringify(odd)).toBe(false);
});

it('an interaction is read where an answer to it would not go astray', () => {
	const interaction = { id: '1', token: 'aW50ZXJhY3Rpb24=', type: 1 };
	expect(isReadableInteraction(interaction)).toBe(true);
	for (const odd of [
		{ id: '../1' },
		{ token: '' },
		{ token: '../../channels/1' },
		{ token: undefined },
		{ data: null },
	])
		expect(isReadableInteraction({ ...interaction, ...odd }), JSON.stringify(odd)).toBe(false);
	expect(isReadableInteraction(null)).toBe(false);
});
