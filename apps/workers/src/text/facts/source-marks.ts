import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';

/** SourceMarks numbers sources in the order a text first points at them; the same quote of a document keeps its number. */
export class SourceMarks {
	readonly sources: Source[] = [];
	private readonly numbers = new Map<string, number>();

	/** Goes on after sources that a text before points at. */
	constructor(before: readonly Source[] = []) {
		this.sources.push(...before);
	}

	/** The mark of a source, `[3]`: it is the third of `sources`. */
	of(source: Source): string {
		const key = JSON.stringify([source.url, source.artifact, source.title, source.quote]);
		const number = this.numbers.get(key) ?? this.sources.push(source);
		this.numbers.set(key, number);
		return `[${number}]`;
	}
}

/** sourceIn points at a document with the words that support a claim. */
export function sourceIn({ title, url, artifact }: Document, quote: string): Source {
	return {
		title: title || 'Document',
		...(url !== undefined && { url }),
		...(artifact !== undefined && { artifact }),
		quote,
	};
}

/** escapeMarkdown keeps what a document says from becoming markup of the answer. */
export function escapeMarkdown(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/([\\`*_[\]<>|])/g, '\\$1');
}
