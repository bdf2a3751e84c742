import { describe, expect, it } from 'vitest';
import { previewOf } from './preview.ts';

const preview = (type: string, bytes = 100, name = 'x') => previewOf({ type, bytes, name });

describe('previewOf', () => {
	it('draws Markdown, pictures and text in the page', () => {
		expect(preview('text/markdown; charset=utf-8')).toBe('markdown');
		expect(preview('text/plain', 100, 'report.md')).toBe('markdown');
		expect(preview('IMAGE/PNG')).toBe('image');
		expect(preview('application/json')).toBe('text');
	});

	it('shows what could run code as its text only', () => {
		expect(preview('text/html')).toBe('text');
		expect(preview('image/svg+xml')).toBe('text');
	});

	it('opens a PDF on a page of its own, and only downloads the rest', () => {
		expect(preview('application/pdf', 50_000_000)).toBe('page');
		expect(preview('application/zip')).toBe('none');
		expect(preview('text/plain', 50_000_000)).toBe('none');
	});
});
