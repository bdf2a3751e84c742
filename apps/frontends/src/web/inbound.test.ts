import { parseInput } from '@errand/core/domain/parse-input.ts';
import { describe, expect, it } from 'vitest';
import { AttachmentsSchema, GoalSchema, INBOUND_LIMITS, MessageSchema } from './inbound.ts';

const file = (base64: string, over: object = {}) => ({
	name: 'a.bin',
	type: 'application/octet-stream',
	base64,
	...over,
});
const accepts = (value: unknown) => AttachmentsSchema.safeParse(value).success;

describe('attachments', () => {
	it('are decoded to the bytes they were', () => {
		for (const text of ['', 'a', 'ab', 'abc', '\u0000\u00ff']) {
			const [attachment] = AttachmentsSchema.parse([file(Buffer.from(text, 'latin1').toString('base64'))]);
			expect(attachment?.kind === 'bytes' && Buffer.from(attachment.content).toString('latin1')).toBe(text);
		}
	});

	it('must be real base64', () => {
		for (const wrong of ['a', 'abc', 'ab=c', 'a===', 'ab c', 'ab\nc', 'a-_b', '===='])
			expect([wrong, accepts([file(wrong)])]).toEqual([wrong, false]);
	});

	it('may hold fifteen megabytes and not a byte more', () => {
		const full = Buffer.alloc(INBOUND_LIMITS.attachmentBytes).toString('base64');
		expect(accepts([file(full)])).toBe(true);
		expect(() => parseInput(AttachmentsSchema, [file(`${full}AAAA`)], 'It')).toThrow(
			expect.objectContaining({ code: 'too-large' }),
		);
	});

	it('have a media type, octets if none is known', () => {
		expect(AttachmentsSchema.parse([{ name: 'a', base64: '' }, file('', { type: '' })])).toMatchObject([
			{ type: 'application/octet-stream' },
			{ type: 'application/octet-stream' },
		]);
		expect(accepts([file('', { type: 'text/plain; charset=utf-8' })])).toBe(true);
		expect(accepts([file('', { type: 'text/plain\r\nX: y' })])).toBe(false);
	});

	it('are files or web addresses', () => {
		expect(AttachmentsSchema.parse([{ url: 'https://example.com' }])).toEqual([
			{ kind: 'url', url: 'https://example.com' },
		]);
		for (const url of ['ftp://example.com', 'javascript:alert(1)', 'data:,x', 'nowhere', '//example.com']) {
			expect([url, accepts([{ url }])]).toEqual([url, false]);
		}
	});
});

describe('words', () => {
	it('must be there, and visible', () => {
		for (const empty of ['', ' ', '\n\t', '\u200b\u2060', '\u0000']) {
			expect(() => parseInput(GoalSchema, empty, 'It')).toThrow(expect.objectContaining({ code: 'empty-goal' }));
		}
		for (const goal of ['?', 'Vergleiche drei Policen', '比較', '\u001b[1mbold\u001b[0m paste'])
			expect(GoalSchema.parse(goal)).toBe(goal);
	});

	it('may be left out of a message that brings a file', () => {
		expect(
			MessageSchema.safeParse({ text: '', clientId: 'c', attachments: [{ url: 'https://example.com' }] }).success,
		).toBe(true);
		expect(MessageSchema.safeParse({ text: '', clientId: 'c', attachments: [] }).success).toBe(false);
	});
});
