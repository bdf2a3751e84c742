import type { Document } from '@errand/core/domain/document.ts';

/** CheckedMarkdown is what a model wrote without addresses of its own; `removed` names their hosts, so that nothing links to them. */
export interface CheckedMarkdown {
	readonly markdown: string;
	readonly removed: string[];
}

/** AddressBook holds every address that sources hold, so that many texts are checked against them. */
export interface AddressBook {
	has(address: string): boolean;
}

/**
 * withSourcedAddresses takes out of model-written Markdown every link, web address and mail address that does not stand in
 * the sources just so, and every image: a page may tell a model to put what it knows into an address, and whoever shows or
 * previews it would send that away. Markup of HTML is made visible, so that nothing hides in it.
 */
export function withSourcedAddresses(markdown: string, book: AddressBook): CheckedMarkdown {
	const removed: string[] = [];
	const kept: string[] = [];
	// What was found in the sources stands aside, so that no later look takes a part of it for another address.
	const keep = (text: string) => `\ue000${kept.push(text) - 1}\ue001`;
	const drop = (address: string) => {
		removed.push(nameOf(address));
		return REMOVED;
	};
	const check = (address: string) => {
		const [core, rest] = trimmed(address);
		// Renderers end an address at a space for certain, and elsewhere as they like.
		const gap = /^[\\*_\]]/.test(rest) && !/^[*_]+$/.test(rest) ? ' ' : '';
		return `${book.has(core) ? keep(core) : drop(core)}${gap}${rest}`;
	};
	const text = plainEntities(markdown)
		.replace(INVISIBLE, '')
		.replace(/<br\s?\/?>/gi, ' ')
		.replace(/<((?:https?:|mailto:)[^\s<>]{1,2000})>/gi, '$1')
		// A name of a link that stands elsewhere could carry any address: with a space before its colon it is words.
		.replace(DEFINITION, (definition) => `${definition.slice(0, -1)} :`)
		// A backslash that stands there already would make ours one that is meant.
		.replace(/\\*<(?=[a-z/!?])/gi, '\\<')
		.replace(IMAGE, (_image, label: string, target = '') => {
			drop(target === '' ? 'an image' : target);
			return label;
		})
		// Whatever image is left has no target in reach; without its mark it is words or a link.
		.replace(/!(?=\[)/g, '')
		.replace(LINK, (_link, label: string, target = '', title = '') => {
			const address = target.replace(/^<|>$/g, '').trim();
			if (book.has(address)) return `[${label}]${keep(`(${address}${title.replace(/\s+/g, ' ')})`)}`;
			drop(address);
			return label;
		})
		.replace(RUN, (run) => run.replace(/["“”`|>]+/g, ' $& '))
		.replace(BARE, check)
		.replace(MAIL, check)
		.replace(HOST, (host: string) => (isHost(trimmed(host)[0]) ? check(host) : host))
		.replace(/\ue000(\d+)\ue001/g, (_mark, number: string) => kept[Number(number)] ?? '');
	return { markdown: text, removed: [...new Set(removed)] };
}

/** addressBookOf reads the addresses of documents: their own, their links', and those that stand in their text. */
export function addressBookOf(documents: readonly Pick<Document, 'url' | 'links' | 'markdown'>[]): AddressBook {
	const known = new Set<string>();
	for (const { url, links, markdown } of documents) {
		if (url !== undefined) known.add(canonical(url));
		for (const link of links) known.add(canonical(link.url));
		const text = plainEntities(markdown);
		for (const [, target = ''] of text.matchAll(/\]\(\s?<?([^\s<>]{1,2000}?)>?(?:\s[^\n]{0,300})?\)/g))
			known.add(canonical(target));
		for (const pattern of [BARE, HOST, MAIL]) {
			for (const [address] of text.matchAll(pattern)) known.add(canonical(trimmed(address)[0]));
		}
	}
	return { has: (address) => known.has(canonical(trimmed(address)[0])) };
}

/** addressWarnings says what was removed, in words that no program turns into a link. */
export function addressWarnings(removed: readonly string[]): string[] {
	if (removed.length === 0) return [];
	const named = [...new Set(removed)];
	const shown = named.slice(0, 5).join(', ');
	const more = named.length > 5 ? ` and ${named.length - 5} more` : '';
	return [`The language model wrote addresses or images that no source holds; they were removed: ${shown}${more}.`];
}

const REMOVED = '(address removed)';
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ue000\ue001]/g;
const LABEL = '\\[((?:[^\\[\\]\\\\]|\\\\.|\\[[^\\[\\]]{0,200}\\]){0,500})\\]';
const TARGET =
	'\\(\\s{0,9}(<[^<>\\n]{0,2000}>|[^\\s()]{0,2000}(?:\\([^\\s()]{0,500}\\)[^\\s()]{0,500})?)(\\s[^()]{0,300})?\\)';
const IMAGE = new RegExp(`!${LABEL}(?:${TARGET}|\\[[^\\]\\n]{0,300}\\])?`, 'g');
const LINK = new RegExp(`${LABEL}${TARGET}`, 'g');
/** The beginning of a link's definition, also in quotations and lists; its name may go over several lines. */
const DEFINITION = /^[\s>*+.)\d-]{0,200}\[(?:[^[\]\\]|\\[\s\S]){1,999}\]:/gm;
/** An address up to the next space: some renderers take marks into it at which others end it. */
const RUN = /(?:\/\/|www\.)[^\s<\ue000]{1,4000}/giu;
const BARE =
	/(?:(?:\b[a-z][a-z0-9+.-]{1,20}|https?|ftp):\\?\/\\?\/(?=\S)|\\?\/\\?\/(?=[^\s/]{1,200}\.)|\b(?:mailto|tel|sms|data|javascript|vbscript|file|blob|tg|intent):(?=\S))[^\s<>"“”`|\ue000]{1,2000}|\bwww\.[^\s<>"“”`|\ue000]{2,2000}/giu;
const HOST =
	/(?:[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?\.){1,8}\p{L}{2,24}(?::\d{1,5})?(?:[/?#][^\s<>"“”`|\ue000]{0,2000})?/giu;
const MAIL = /[\w.+-]{1,64}@(?:[\p{L}\d-]{1,63}\.){1,8}\p{L}{2,24}/giu;
/** What looks like a top-level domain and is far more often the ending of a file. */
const FILE_ENDING = /\.(?:md|py|rs|sh|ts|js|cc|so|ps|pl|cs|st|am|pm|do|no)$/i;
const DOMAIN =
	/\.(?:com|org|net|info|biz|app|dev|xyz|top|site|online|shop|club|cloud|link|live|example|test|[a-z]{2})$/i;

/** "evil.example" and "a.b.example/x" are places on the web; "report.pdf" and "e.g." are not. */
function isHost(text: string): boolean {
	const [host = '', rest] = text.split(/(?=[/?#:])/, 2);
	if (rest !== undefined) return /^[:/?#]./.test(rest) || DOMAIN.test(host);
	if (FILE_ENDING.test(host)) return false;
	return DOMAIN.test(host) || host.split('.').length > 3;
}

/** Punctuation after an address is the sentence's. */
function trimmed(address: string): [core: string, rest: string] {
	let core = address.replace(/[.,;:!?'’*_\\\]]+$/u, '');
	if (core.endsWith(')') && !core.includes('(')) core = core.replace(/[).,;:!?'’*_\\]+$/u, '');
	return [core, address.slice(core.length)];
}

/** Letters written as entities or escapes are read as what a page would show. */
function plainEntities(text: string): string {
	return text
		.replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?/gi, (entity, hex?: string, decimal?: string) => {
			const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
			return code > 31 && code < 0x110000 ? String.fromCodePoint(code) : entity;
		})
		.replace(
			/&(?:colon|sol|period|commat|lsqb|rsqb|lpar|rpar|excl);/gi,
			(entity) => ENTITIES[entity.toLowerCase()] ?? '',
		)
		.replace(/&amp;/gi, '&');
}

const ENTITIES: Readonly<Record<string, string>> = {
	'&colon;': ':',
	'&sol;': '/',
	'&period;': '.',
	'&commat;': '@',
	'&lsqb;': '[',
	'&rsqb;': ']',
	'&lpar;': '(',
	'&rpar;': ')',
	'&excl;': '!',
};

/** The same address in its one spelling; an address without scheme stands for the site. */
function canonical(address: string): string {
	const bare = address.replace(/\\(?=[^\w\s])/g, '').replace(/^(?:mailto:|https?:\/\/|\/\/)/i, '');
	const [host = '', ...path] = bare.split(/(?=[/?#])/);
	return `${host.toLowerCase().replace(/^www\./, '')}${path.join('')}`.replace(/\/$/, '');
}

/** A host in words, with its dots made harmless. */
function nameOf(address: string): string {
	const bare = address.replace(/\\/g, '').replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\//i, '');
	const host = /^[a-z]+:/i.test(bare) && !/^[^/]+:\d/.test(bare) ? bare.slice(0, 30) : (bare.split(/[/?#]/)[0] ?? '');
	const shown = host.replace(/[^\p{L}\p{N}.@: -]/gu, '').slice(0, 60);
	return shown.replaceAll('.', '[.]').replaceAll('@', '[at]').replaceAll(':', '[:]') || 'an address';
}
