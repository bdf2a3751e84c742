import { badRequest } from './refusal.ts';

/** Entity is a stretch of text that is shown in some way; offsets count UTF-16 units. */
export interface Entity {
	readonly type: string;
	readonly offset: number;
	readonly length: number;
	readonly url?: string;
	readonly language?: string;
}

/** Parsed is a text as people see it. */
export interface Parsed {
	readonly text: string;
	readonly entities: readonly Entity[];
}

/** parseMarkup reads a text as the Bot API does, and refuses in its words what it cannot read. */
export function parseMarkup(text: string, mode: string | undefined): Parsed {
	switch (mode?.toLowerCase()) {
		case undefined:
		case '':
			return { text, entities: [] };
		case 'html':
			return parseHtml(text);
		case 'markdownv2':
			return parseMarkdownV2(text);
		default:
			throw badRequest('unsupported parse_mode');
	}
}

const TAGS: Readonly<Record<string, string>> = {
	b: 'bold',
	strong: 'bold',
	i: 'italic',
	em: 'italic',
	u: 'underline',
	ins: 'underline',
	s: 'strikethrough',
	strike: 'strikethrough',
	del: 'strikethrough',
	'tg-spoiler': 'spoiler',
	span: 'spoiler',
	a: 'text_link',
	code: 'code',
	pre: 'pre',
	blockquote: 'blockquote',
	'tg-emoji': 'custom_emoji',
};
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function parseHtml(source: string): Parsed {
	const entities: Entity[] = [];
	const open: { tag: string; offset: number; attributes: string }[] = [];
	let text = '';
	for (let at = 0; at < source.length; ) {
		const character = source[at] ?? '';
		if (character === '&') {
			const found = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));?/i.exec(source.slice(at));
			const point = found?.[1] ? Number(found[1]) : found?.[2] ? Number.parseInt(found[2], 16) : 0;
			const read = point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : NAMED[found?.[3] ?? ''];
			text += read ?? '&';
			at += read === undefined ? 1 : (found?.[0].length ?? 1);
			continue;
		}
		if (character !== '<') {
			text += character;
			at++;
			continue;
		}
		const offset = bytes(source, at);
		const end = source.indexOf('>', at);
		if (source[at + 1] === '/') {
			if (end === -1) throw unreadable(`Unclosed end tag at byte offset ${offset}`);
			const name = source
				.slice(at + 2, end)
				.trim()
				.toLowerCase();
			const begun = open.pop();
			if (begun === undefined) throw unreadable(`Unexpected end tag at byte offset ${offset}`);
			if (name !== '' && name !== begun.tag) {
				throw unreadable(`Unmatched end tag at byte offset ${offset}, expected "</${begun.tag}>", found "</${name}>"`);
			}
			if (text.length > begun.offset) entities.push(entityOf(begun, text.length));
		} else {
			if (end === -1) throw unreadable(`Unclosed start tag at byte offset ${offset}`);
			const [, name = '', attributes = ''] = /^([^\s>/]*)\s*(.*)$/s.exec(source.slice(at + 1, end)) ?? [];
			const tag = name.toLowerCase();
			const spoils = tag !== 'span' || /class="tg-spoiler"/.test(attributes);
			if (!(tag in TAGS) || !spoils) throw unreadable(`Unsupported start tag "${tag}" at byte offset ${offset}`);
			open.push({ tag, offset: text.length, attributes });
		}
		at = end + 1;
	}
	const left = open.pop();
	if (left !== undefined) throw unreadable(`Can't find end tag corresponding to start tag "${left.tag}"`);
	return { text, entities: entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length) };
}

function entityOf(
	{ tag, offset, attributes }: { tag: string; offset: number; attributes: string },
	end: number,
): Entity {
	const url = tag === 'a' ? /href="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('&amp;', '&') : undefined;
	const language = tag === 'code' ? /class="language-([^"]*)"/.exec(attributes)?.[1] : undefined;
	return {
		type: TAGS[tag] ?? tag,
		offset,
		length: end - offset,
		...(url === undefined ? {} : { url }),
		...(language === undefined ? {} : { language }),
	};
}

const MARKS: readonly (readonly [mark: string, type: string, name: string])[] = [
	['```', 'pre', 'Pre'],
	['`', 'code', 'Code'],
	['||', 'spoiler', 'Spoiler'],
	['__', 'underline', 'Underline'],
	['*', 'bold', 'Bold'],
	['_', 'italic', 'Italic'],
	['~', 'strikethrough', 'Strikethrough'],
];

function parseMarkdownV2(source: string): Parsed {
	const entities: Entity[] = [];
	const open: { mark: string; type: string; name: string; offset: number; at: number }[] = [];
	let text = '';
	for (let at = 0; at < source.length; ) {
		const character = source[at] ?? '';
		const inside = open.at(-1);
		const verbatim = inside?.type === 'code' || inside?.type === 'pre';
		if (character === '\\' && (source.charCodeAt(at + 1) || 127) < 127) {
			text += source[at + 1];
			at += 2;
			continue;
		}
		const link = /^\]\(((?:\\.|[^)\\])*)\)/.exec(source.slice(at));
		if (inside?.mark === '[' && link !== null) {
			open.pop();
			entities.push({
				type: 'text_link',
				offset: inside.offset,
				length: text.length - inside.offset,
				url: link[1] ?? '',
			});
			at += link[0].length;
			continue;
		}
		const found = MARKS.find(([mark]) => source.startsWith(mark, at));
		if (found !== undefined && (!verbatim || found[0] === inside.mark)) {
			const [mark, type, name] = found;
			if (inside?.mark === mark) {
				open.pop();
				if (text.length > inside.offset)
					entities.push({ type, offset: inside.offset, length: text.length - inside.offset });
			} else open.push({ mark, type, name, offset: text.length, at });
			at += mark.length;
			continue;
		}
		if (!verbatim && character === '[') {
			open.push({ mark: '[', type: 'text_link', name: 'TextUrl', offset: text.length, at });
			at++;
			continue;
		}
		const quotes = character === '>' && (at === 0 || source[at - 1] === '\n');
		if (!verbatim && !quotes && /[\]()>#+\-=|{}.!]/.test(character)) {
			throw unreadable(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
		}
		if (!quotes) text += character;
		at++;
	}
	const left = open.pop();
	if (left !== undefined)
		throw unreadable(`Can't find end of ${left.name} entity at byte offset ${bytes(source, left.at)}`);
	return { text, entities };
}

function unreadable(what: string) {
	return badRequest(`can't parse entities: ${what}`);
}

function bytes(text: string, end: number): number {
	return Buffer.byteLength(text.slice(0, end));
}
