import { oneLine } from '../clean-text.ts';

/** HtmlHead is what a page says about itself beside its content. */
export interface HtmlHead {
	readonly title: string | undefined;
	readonly base: string | undefined;
	readonly meta: ReadonlyMap<string, string>;
	/** `datetime` of the `<time>` elements, those marked as the date of publication first. */
	readonly times: readonly string[];
	readonly jsonLd: readonly string[];
}

/** HtmlHeadReader collects an HtmlHead from the parser's events. */
export class HtmlHeadReader {
	readonly #meta = new Map<string, string>();
	readonly #times: string[] = [];
	readonly #marked: string[] = [];
	readonly #jsonLd: string[] = [];
	#title: string | undefined;
	#base: string | undefined;
	#within: 'title' | 'json-ld' | 'svg' | undefined;
	#text: string[] = [];

	open(tag: string, attributes: Readonly<Record<string, string>>): void {
		if (this.#within !== undefined) return;
		if (tag === 'svg') this.#within = 'svg';
		else if (tag === 'title' && this.#title === undefined) this.#begin('title');
		else if (tag === 'script' && attributes['type']?.trim().toLowerCase() === 'application/ld+json')
			this.#begin('json-ld');
		else if (tag === 'base') this.#base ??= attributes['href'];
		else if (tag === 'meta') this.#readMeta(attributes);
		else if (tag === 'time') this.#readTime(attributes);
	}

	text(text: string): void {
		if (this.#within === 'title' || this.#within === 'json-ld') this.#text.push(text);
	}

	close(tag: string): void {
		if (tag === 'svg' && this.#within === 'svg') this.#within = undefined;
		else if (tag === 'title' && this.#within === 'title') {
			this.#title = oneLine(this.#text.join('').slice(0, 2_000));
			this.#within = undefined;
		} else if (tag === 'script' && this.#within === 'json-ld') {
			if (this.#jsonLd.length < 20) this.#jsonLd.push(this.#text.join('').slice(0, 200_000));
			this.#within = undefined;
		}
	}

	result(): HtmlHead {
		return {
			title: this.#title,
			base: this.#base,
			meta: this.#meta,
			times: [...this.#marked, ...this.#times],
			jsonLd: this.#jsonLd,
		};
	}

	#begin(within: 'title' | 'json-ld'): void {
		this.#within = within;
		this.#text = [];
	}

	#readMeta(attributes: Readonly<Record<string, string>>): void {
		const name = (attributes['property'] ?? attributes['name'] ?? attributes['itemprop'])?.toLowerCase();
		const content = attributes['content'];
		if (!name || !content || this.#meta.has(name) || this.#meta.size >= 200) return;
		this.#meta.set(name, content.slice(0, 2_000));
	}

	#readTime(attributes: Readonly<Record<string, string>>): void {
		const at = attributes['datetime'];
		if (at === undefined || this.#times.length >= 50) return;
		const marked = /date(?:modified|published|created)/i.test(attributes['itemprop'] ?? '') || 'pubdate' in attributes;
		(marked ? this.#marked : this.#times).push(at.slice(0, 100));
	}
}
