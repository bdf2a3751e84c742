import { asReplyId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { buttonData, readButton } from './button-data.ts';

const choices = ['red', 'a choice whose label was cut'];
const buttons = [
	{ label: 'red', words: 'red' },
	{ label: 'a choice…', words: choices[1] ?? '' },
];
const shown = (data: readonly string[]) =>
	data.map((callback_data, index) => ({ text: buttons[index % 2]?.label ?? '', callback_data }));

describe('the data of a button', () => {
	it('says which words it stands for, of which reply, and for whom', () => {
		const data = buttonData(asReplyId('01234567890123456789.17'), buttons, 4_294_967_296_000);
		expect(data.every((one) => Buffer.byteLength(one) <= 64)).toBe(true);
		const read = data.map((one) => readButton(one, shown(data)));
		expect(read).toEqual([
			{ words: 'red', replyTo: '01234567890123456789.17', onlyFor: 4_294_967_296_000 },
			// The label is not the choice, so its number is said.
			{ words: '2', replyTo: '01234567890123456789.17', onlyFor: 4_294_967_296_000 },
		]);
	});

	it('says yes and no for an approval, without its message, too', () => {
		const data = buttonData(asReplyId('r'), [
			{ label: 'Approve', words: 'yes' },
			{ label: 'Refuse', words: 'no' },
		]);
		expect(data.map((one) => readButton(one, [])?.words)).toEqual(['yes', 'no']);
	});

	it('is spread over all buttons where a reply’s id is long', () => {
		const reply = asReplyId(`${'é'.repeat(30)}${'x'.repeat(30)}`);
		const data = buttonData(reply, buttons);
		expect(data.every((one) => Buffer.byteLength(one) <= 64)).toBe(true);
		expect(readButton(data[1] ?? '', shown(data))).toEqual({ words: '2', replyTo: reply });
	});

	it('that is not ours is not read', () => {
		for (const data of ['', 'x', 'w1', '||', 'w1|ZZ|r', 'q1||r']) expect(readButton(data, [])).toBeUndefined();
	});
});
