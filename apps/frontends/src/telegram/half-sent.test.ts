import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { asConversationId, asReplyId } from '@errand/core/domain/ids.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { describe, expect, it } from 'vitest';
import { HalfSent } from './half-sent.ts';

const reply: Reply = {
	id: asReplyId('r'),
	kind: 'answer',
	text: 'long',
	conversation: asConversationId('telegram-1'),
	seq: 1,
};
const failed = (kind: 'permanent' | 'retryable' | 'unknown-outcome') =>
	new DeliveryFailure({ kind, code: 'x', message: 'x', retryAfterMs: 7 });

describe('a reply that went out half-way', () => {
	it('goes on after what is out, in the words it began with', () => {
		const half = new HalfSent();
		half.broke(reply, [1, 2], failed('retryable'));
		const again = { ...reply, text: 'marked, so it would be split elsewhere' };
		expect(half.of(again)).toEqual({ text: 'long', sent: [1, 2], doubtful: false });
		expect(half.of({ ...reply, conversation: asConversationId('telegram-2') }).sent).toEqual([]);
		half.arrived(reply);
		expect(half.of(again)).toEqual({ text: again.text, sent: [], doubtful: false });
	});

	it('would be repeated by another process, whatever stopped it, unless nobody will try again', () => {
		const half = new HalfSent();
		expect(half.broke(reply, [], failed('retryable')).failure.kind).toBe('retryable');
		expect(half.broke(reply, [1], failed('retryable')).failure).toMatchObject({
			kind: 'unknown-outcome',
			retryAfterMs: 7,
		});
		expect(half.broke(reply, [1], failed('permanent')).failure.kind).toBe('permanent');
	});

	it('leaves the next message in doubt until it is surely out', () => {
		const half = new HalfSent();
		half.broke(reply, [1], failed('unknown-outcome'));
		expect(half.of(reply).doubtful).toBe(true);
		half.broke(reply, [1], failed('retryable'));
		expect(half.of(reply).doubtful).toBe(true);
		half.broke(reply, [1, 2], failed('retryable'));
		expect(half.of(reply).doubtful).toBe(false);
	});
});
