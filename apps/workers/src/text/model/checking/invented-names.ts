/**
 * inventedNames lists the names in a text of a model that stand nowhere in what it was given: two words or more with capital
 * letters, or one inside a sentence of a language that writes few words so. The first word of a sentence proves nothing.
 */
export function inventedNames(text: string, given: readonly string[]): string[] {
	const words = text.match(/[\p{L}\d'’-]+/gu) ?? [];
	const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length;
	const single = words.length > 3 && capitals / words.length < 0.34;
	const names = [...text.matchAll(NAME)]
		.map(([name]) => name.replace(/['’]s$/, ''))
		.filter((name) => single || name.includes(' ') || words.length <= 3);
	if (names.length === 0) return [];
	const known = given.map((one) => one.toLowerCase());
	return [...new Set(names)].filter((name) => !known.some((one) => one.includes(name.toLowerCase())));
}

const NAME = /(?<!(?:[.!?:;]["”’)]?\s{1,3}|^["“‘(]?|[\p{L}\d'’-]))\p{Lu}[\p{L}\d'’&-]+(?:\s\p{Lu}[\p{L}\d'’&-]*)*/gu;
