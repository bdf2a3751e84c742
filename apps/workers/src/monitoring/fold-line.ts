import { addressKey } from '@errand/core/domain/address-key.ts';
import { cleanText } from '../documents/clean-text.ts';
import { DATE_ALONE, NOISE_PATTERNS, type Noise } from './noise-patterns.ts';

/** FoldedLine is a line as it is compared: two that say the same have the same key. */
export interface FoldedLine {
	readonly key: string;
	/** The same without leaving out noise, for a part of a page that is nothing else. */
	readonly literal: string;
	readonly noise: ReadonlySet<Noise>;
}

const MAX_LINE = 4_000;

/** foldLine makes typography plain and puts marks in the place of noise. `plain`: the line is text of its own, no heading, item or row. */
export function foldLine(text: string, { plain }: { readonly plain: boolean }): FoldedLine {
	const typed = plainTypography(text.slice(0, MAX_LINE));
	const noise = new Set<Noise>();
	const linked = typed.replace(ADDRESS, (address) => {
		const key = withoutSession(address);
		if (key !== address) noise.add('links');
		return key;
	});
	let marked = linked;
	for (const one of NOISE_PATTERNS) {
		const before = marked;
		marked = marked.replace(one.pattern, one.by);
		if (marked !== before) noise.add(one.noise);
	}
	if (plain && DATE_ALONE.test(marked)) {
		marked = '⟨date⟩';
		noise.add('dates');
	}
	return { key: withoutStops(marked), literal: withoutStops(typed), noise };
}

/** saysNothing is for keys of which nothing is left but marks. */
export function saysNothing(key: string): boolean {
	return !/[\p{L}\p{N}]/u.test(key.replace(/⟨\w+⟩/g, ''));
}

function plainTypography(text: string): string {
	return cleanText(text)
		.normalize('NFKC')
		.replace(/[‘’‚‛′`´]/g, "'")
		.replace(/[“”„‟″«»]/g, '"')
		.replace(/[‐‑‒–—―−]/g, '-')
		.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
		.replace(/(?<=[$€£¥₹]\s?\d+)\.00(?!\d)/g, '')
		.replace(/\s+/g, ' ')
		.trim()
		.toLowerCase();
}

/** What closes a word says little; what stands inside one (3.5, 10:30) says much. */
function withoutStops(text: string): string {
	return text
		.replace(/[.,;:!?]+(?=\s|$)/g, '')
		.replace(/["*_~\\]/g, '')
		.replace(/\s?([|/-])\s(?=\S)/g, ' $1 ')
		.replace(/\s+/g, ' ')
		.trim();
}

const ADDRESS = /https?:\/\/[^\s<>"')\]]+/g;
const SESSION =
	/^(?:sid|s?ess(?:ion)?(?:[_-]?id)?|phpsessid|jsessionid|cfid|cftoken|token|csrf\w*|xsrf\w*|nonce|_|t|ts|timestamp|cb|cachebust(?:er)?|rand(?:om)?|rnd|sig|signature|expires|x-amz-\w+)$/i;

/** An address without what is new in it for each visit. */
function withoutSession(address: string): string {
	const bare = address.replace(/;jsessionid=[^?#]*/i, '');
	if (!URL.canParse(bare)) return address;
	const url = new URL(bare);
	for (const name of [...url.searchParams.keys()]) if (SESSION.test(name)) url.searchParams.delete(name);
	return addressKey(url.href) ?? address;
}
