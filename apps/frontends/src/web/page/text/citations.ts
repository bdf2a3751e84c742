import type { TokenizerAndRendererExtension } from 'marked';
import { sourceAddress } from './source-link.ts';

/** citationsOf makes `[3]` a link to the third source, where there are that many; never inside code. */
export function citationsOf(sources: number): TokenizerAndRendererExtension {
	return {
		name: 'citation',
		level: 'inline',
		start: (text) => /\[\d/.exec(text)?.index,
		tokenizer: (text) => {
			const [raw, number] = /^\[(\d{1,4})\](?!\()/.exec(text) ?? [];
			const place = Number(number);
			return raw !== undefined && place >= 1 && place <= sources ? { type: 'citation', raw, place } : undefined;
		},
		renderer: ({ place }) => `<a class="citation" href="${sourceAddress(place)}">[${place}]</a>`,
	};
}

/** mayCite tells whether a text could hold citations at all. */
export const mayCite = (text: string): boolean => /\[\d/.test(text);
