import type { Found, NameKind } from './found.ts';

/** KnownNames finds given names in pieces of a text, as whole words, the longest where they overlap. */
export class KnownNames {
	private readonly names: readonly { readonly kind: NameKind; readonly value: string }[];
	private readonly kinds: ReadonlyMap<string, NameKind>;

	constructor(names: readonly { readonly kind: NameKind; readonly value: string }[]) {
		const unique = new Map(names.map(({ kind, value }) => [value, { kind, value }]));
		this.names = [...unique.values()].sort((one, other) => other.value.length - one.value.length);
		this.kinds = new Map(this.names.map(({ kind, value }) => [value.toLowerCase(), kind]));
	}

	/** Each name once, however often the piece mentions it. */
	mentionedIn(plain: string): Found[] {
		const found: Found[] = [];
		const taken: (readonly [number, number])[] = [];
		for (const { kind, value } of this.names) {
			const places = placesOf(plain, value).filter(
				([start, end]) => !taken.some(([from, to]) => start < to && from < end),
			);
			if (places.length === 0) continue;
			taken.push(...places);
			found.push({ kind, value });
		}
		return found;
	}

	/** What was found besides, without names that are among the given ones already: those know their kind better. */
	over(found: readonly Found[], mentioned: readonly Found[]): Found[] {
		const others = found.filter(({ kind, value }) => !isName(kind) || !this.kinds.has(value.toLowerCase()));
		return [...others, ...mentioned];
	}
}

function isName(kind: Found['kind']): boolean {
	return kind === 'people' || kind === 'organisations' || kind === 'places';
}

function placesOf(text: string, name: string): (readonly [number, number])[] {
	const places: (readonly [number, number])[] = [];
	for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
		const end = at + name.length;
		if (!/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at)) && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2)))
			places.push([at, end]);
	}
	return places;
}
