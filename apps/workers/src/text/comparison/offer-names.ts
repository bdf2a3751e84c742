import type { Document } from '@errand/core/domain/document.ts';
import { clip } from '../facts/fact.ts';

/** nameOffers gives each document a short name of its own: the one asked for, else its title without what all titles share. */
export function nameOffers(documents: readonly Document[], given: readonly string[]): string[] {
	const used = new Map<string, number>();
	return documents.map((document, index) => {
		const name = clip((given[index] ?? '').trim() || shortTitle(document) || `Document ${index + 1}`, 60);
		const count = (used.get(name.toLowerCase()) ?? 0) + 1;
		used.set(name.toLowerCase(), count);
		return count === 1 ? name : `${name} (${count})`;
	});
}

function shortTitle(document: Document): string {
	const title = document.title.replace(/\s+/g, ' ').trim();
	const [first = ''] = title.split(/\s+[|·–—]\s+/);
	if (first.length >= 4) return first;
	return title || fileName(document.url ?? '');
}

function fileName(url: string): string {
	const last = url.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1) ?? '';
	return last.replace(/\.\w{2,5}$/, '').replace(/[-_]+/g, ' ');
}
