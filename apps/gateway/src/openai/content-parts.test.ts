import { describe, expect, it } from 'vitest';
import { ContentSchema, contentOf, PastContentSchema } from './content-parts.ts';

const base64 = Buffer.from('Grüße').toString('base64');

function read(parts: unknown) {
	return contentOf(ContentSchema.parse(parts));
}

describe('the content of a message', () => {
	it('is text, or parts whose words are put together', () => {
		expect(read('hello')).toEqual({ text: 'hello', attachments: [] });
		expect(read('a\0b\uD83D c').text).toBe('ab\uFFFD c');
		const parts = [
			{ type: 'text', text: 'one' },
			{ type: 'input_text', text: 'two' },
			{ type: 'output_text', text: 'three', annotations: [] },
			{ type: 'refusal', refusal: 'no' },
		];
		expect(read(parts).text).toBe('one\n\ntwo\n\nthree\n\nno');
	});

	it('brings along images and files as bytes, and addresses as addresses', () => {
		const { attachments } = read([
			{ type: 'image_url', image_url: { url: `data:image/png;base64,${base64}`, detail: 'low' } },
			{ type: 'image_url', image_url: { url: 'https://a.example/b.jpg' } },
			{ type: 'input_image', image_url: `data:image/jpeg;base64,${base64}` },
			{ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` } },
			{ type: 'input_file', filename: '../../b.md', file_data: base64 },
			{ type: 'input_file', file_url: 'https://a.example/c.pdf' },
			{ type: 'input_audio', input_audio: { data: base64, format: 'wav' } },
		]);
		const shown = attachments.map((one) => (one.kind === 'url' ? one.url : `${one.name} ${one.type}`));
		expect(shown).toEqual([
			'image-1.png image/png',
			'https://a.example/b.jpg',
			'image-3.jpg image/jpeg',
			'a.pdf application/pdf',
			'.. .. b.md text/markdown',
			'https://a.example/c.pdf',
			'audio-7.wav audio/wav',
		]);
		const [first] = attachments;
		expect(first?.kind === 'bytes' && Buffer.from(first.content).toString()).toBe('Grüße');
	});

	it.each([
		['another scheme', { type: 'image_url', image_url: { url: 'file:///etc/passwd' } }],
		['data that is not base64', { type: 'image_url', image_url: { url: 'data:image/png,abc' } }],
		['broken base64', { type: 'file', file: { file_data: '!!!!????!!!!????' } }],
		['an uploaded file', { type: 'file', file: { file_id: 'file-1' } }],
		['an unknown part', { type: 'video', video: 'x' }],
	])('refuses %s', (_, part) => {
		expect(ContentSchema.safeParse([part]).success).toBe(false);
	});

	it('leaves out what only others write', () => {
		const parts = [{ type: 'tool_use', id: 'x' }, { type: 'text', text: 'words' }, null];
		expect(PastContentSchema.parse(parts)).toEqual([{ kind: 'text', text: 'words' }]);
	});

	it('reads a large file quickly', () => {
		const url = `data:application/pdf;base64,${Buffer.alloc(12_000_000, 7).toString('base64')}`;
		const [file] = read([{ type: 'file', file: { file_data: url } }]).attachments;
		expect(file?.kind === 'bytes' && file.content.byteLength).toBe(12_000_000);
	});
});
