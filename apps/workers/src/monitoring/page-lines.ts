import { plainText } from '../text/facts/inline.ts';
import { type FoldedLine, foldLine } from './fold-line.ts';

/** PageLine is one line of a page: as it is shown, and as it is compared. */
export interface PageLine extends FoldedLine {
	readonly text: string;
	/** Stands on every page, or among what the person does not want to hear of. */
	readonly left: boolean;
}

const MAX_LINES = 20_000;

/** pageLines takes a page (Markdown) apart. What contains one of the ignored texts is left out, and so is what advertises, warns of cookies, or leads elsewhere. */
export function pageLines(markdown: string, ignore: readonly string[] = []): PageLine[] {
	const unwanted = ignore.map((text) => text.toLowerCase().replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
	const lines: PageLine[] = [];
	let leftBelow: number | undefined;
	for (const raw of markdown.split('\n')) {
		if (lines.length >= MAX_LINES) break;
		const read = readLine(raw);
		if (read === undefined) continue;
		const { text, level, plain } = read;
		if (level !== undefined && (leftBelow === undefined || level <= leftBelow)) {
			leftBelow = SECTION.test(text) ? level : undefined;
		}
		const small = text.toLowerCase();
		const left =
			leftBelow !== undefined ||
			ALWAYS.test(text) ||
			(text.length <= MAX_PHRASE && PHRASES.some((phrase) => phrase.test(text))) ||
			unwanted.some((one) => small.includes(one));
		lines.push({ text, left, ...foldLine(text, { plain }) });
	}
	return lines;
}

interface ReadLine {
	readonly text: string;
	/** Of a heading. */
	readonly level?: number;
	readonly plain: boolean;
}

function readLine(raw: string): ReadLine | undefined {
	const line = raw.replace(/^[\s>]+/, '').trim();
	if (line === '' || /^(?:[-*_]{3,}|`{3,}.*|\|[\s:|-]+\|)$/.test(line)) return undefined;
	const [, hashes] = /^(#{1,6}) /.exec(line) ?? [];
	if (hashes !== undefined) return shown(line.slice(hashes.length + 1), { level: hashes.length, plain: false });
	if (line.startsWith('|')) {
		const cells = line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/);
		return shown(cells.map((cell) => cell.trim()).join(' | '), { plain: false });
	}
	// The number of an item says something, the dot of a list does not.
	if (/^[-*+] /.test(line)) return shown(line.slice(2), { plain: false });
	return shown(line, { plain: !/^\d{1,9}[.)] /.test(line) });
}

function shown(markdown: string, rest: Omit<ReadLine, 'text'>): ReadLine | undefined {
	const text = plainText(markdown).replace(/\s+/g, ' ').trim();
	return text === '' ? undefined : { text, ...rest };
}

const MAX_PHRASE = 260;
const ALWAYS =
	/^(?:advertisements?|advert|ads?|anzeigen?|werbung|publicité|sponsored(?: content| post| by .{1,80})?|promoted|skip to (?:main )?content|loading(?:…|\.\.\.)?|back to top|share(?: this)?(?: article| page| story)?|print(?: this)?(?: page)?)[:.]?$/i;
const PHRASES: readonly RegExp[] = [
	/\bcookies?\b.{0,120}\b(?:use|uses|accept|settings?|consent|preferences|improve|measure|experience)\b|\b(?:use|uses|accept|manage|consent to)\b.{0,60}\bcookies?\b/i,
	/^(?:accept|reject|allow) all\b|^manage (?:my )?(?:preferences|consent)\b/i,
	/^(?:subscribe|sign up|register)\b.{0,80}\b(?:newsletter|updates|inbox|alerts)\b|\bnewsletter\b.{0,60}\b(?:inbox|sign|subscribe)\b/i,
	/^(?:follow|like|join|find) us (?:on|at)\b|^(?:share|tweet|pin) (?:on|this|it)\b/i,
	/^(?:read (?:also|next|more:)|also read:?|related:|see also:|trending:|up next:|you (?:may|might) also like)/i,
	/\benable javascript\b|\byour browser (?:does not|is (?:out|no longer))\b/i,
];
const SECTION =
	/^(?:related(?: (?:articles|stories|links|content|posts|news|topics|products))?|more (?:from|stories|news|like this)\b.*|most (?:read|popular|viewed)|trending(?: now)?|popular(?: (?:now|posts|stories))?|recommended(?: for you| reading)?|you (?:may|might) also (?:like|enjoy).*|people also (?:viewed|bought|read)|customers (?:also|who).*|frequently bought together|recently viewed.*|share(?: this.*)?|follow us|newsletter|advertisements?|sponsored.*|cookies?(?: settings| consent| policy| notice)?|your privacy)$/i;
