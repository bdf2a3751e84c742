import type { Document } from '@errand/core/domain/document.ts';
import type { Passage } from './passages.ts';

/**
 * withoutBoilerplate keeps what a page has to say and leaves out what every page says: cookies, sign-ups, copyright, sharing,
 * advertising, menus, related links, lists of references, and lines that most pages of one site repeat.
 */
export function withoutBoilerplate(passages: readonly Passage[], documents: readonly Document[]): Passage[] {
	const repeated = repeatedLines(passages, documents);
	const about = documents.map((_, index) => isAboutSuch(passages.filter((passage) => passage.document === index)));
	const menus = menuBlocks(passages);
	return passages.filter((passage) => {
		if (ALWAYS.test(passage.plain) || passage.section.some((heading) => SECTION.test(heading))) return false;
		if (repeated.has(`${passage.document}\n${passage.plain}`)) return false;
		if (menus.has(`${passage.document}/${passage.block}`)) return false;
		return about[passage.document] === true || !isPhrase(passage);
	});
}

function isPhrase({ plain }: Passage): boolean {
	return plain.length <= MAX_PHRASE && PHRASES.some((phrase) => phrase.test(plain));
}

const MAX_PHRASE = 260;
const ALWAYS =
	/^(?:©|\(c\) \d{4}|copyright ©?)|\ball rights reserved\b|by fixed rules, not by a language model|^(?:advertisement|advert|anzeige|sponsored(?: content)?|skip to (?:main )?content|loading…?|back to top|share(?: this)?(?: article| page| story)?|print(?: this)?(?: page)?|image|photo|video)[:.]?$/i;
const PHRASES: readonly RegExp[] = [
	/\bcookies?\b.{0,120}\b(?:use|uses|accept|settings?|consent|preferences|improve|measure|site|website|browser)\b|\b(?:use|uses|accept|manage|consent to)\b.{0,60}\bcookies?\b/i,
	/\b(?:accept|reject) all\b|\bmanage (?:my )?(?:preferences|consent)\b/i,
	/\b(?:subscribe|sign up|sign in|log ?in|register)\b.{0,80}\b(?:newsletter|account|updates?|free|today|now|inbox|unlimited|article|continue|comment|alerts?|here|reading)\b|\bnewsletter\b.{0,60}\b(?:inbox|week(?:ly)?|morning|sign|free)\b/i,
	/^(?:follow|like|join|find) us\b|^(?:share|tweet|pin|e-?mail) (?:on|this|it)\b/i,
	/^(?:read|see|learn|find out|discover) more\b|^(?:read (?:also|next)|also read|related|see also|more from|you (?:may|might) also (?:like|enjoy)|recommended|trending|most read|up next|topics|tags|filed under)\b\s*:?/i,
	/\b(?:privacy|cookie) (?:policy|notice|settings)\b|\bterms (?:of (?:use|service)|and conditions)\b.{0,40}\b(?:apply|privacy|site|agree|contact)\b|\bimprint\b.{0,20}\bprivacy\b/i,
	/^(?:photo(?:graph)?|image|picture|illustration|graphic|credit|foto|source|video)s?\s*(?:by|credit)?\s*[:©]|^\[image:/i,
	/\b\d{1,2} min(?:ute)?s? read\b|^(?:published|updated|posted|last (?:updated|modified|reviewed))\b(?: on| at)?:? .{0,60}$|^by [\p{Lu}][\p{L}.'-]+(?: [\p{Lu}][\p{L}.'-]+){1,3}(?:,.{0,60})?$/iu,
	/\b(?:click|tap) (?:here|on|below)\b|\b(?:leave|post|add) a (?:comment|reply)\b|^\d+ comments?\b|\bcomments are closed\b/i,
	/\b(?:our|this) (?:journalism|reporting|site|newsroom) (?:is (?:free|funded|supported)|depends)\b|\b(?:support|donate to) (?:us|our (?:work|journalism|newsroom))\b|\bbecome a (?:member|subscriber|supporter)\b/i,
	/\b(?:limited offer|special offer|save up to|% off|shop now|buy now|order now|book now|free (?:trial|delivery|quote)|add to (?:cart|basket))\b.{0,80}(?:!|$)/i,
	/\bregistered (?:office|charity|company)\b|\bcompany (?:no|number|registration)\b|\b(?:trading name|trademark) of\b|\bterms apply\b/i,
	/^(?:home|menu|search|contact(?: us)?|about(?: us)?|sitemap|faq|help|login|jobs|careers|press)(?:\s*[|›>·/]\s*.{0,60})?$/i,
	/\bjavascript\b.{0,60}\b(?:enable|disabled|required|browser)\b|\benable javascript\b|\byour browser (?:does not|is)\b/i,
];
const SECTION =
	/^(?:related(?: (?:articles|stories|links|content|posts|news|topics))?|more (?:from|on|stories|news)\b.*|see also|references|notes and references|external links|further reading|bibliography|citations|sources|comments?(?: \(\d+\))?|leave a (?:comment|reply)|share(?: this.*)?|follow us|newsletter|sign up.*|subscribe.*|about the author|most (?:read|popular)|trending|popular|recommended(?: for you)?|you (?:may|might) also like.*|people also (?:viewed|bought|read)|customers also.*|table of contents|contents|on this page|navigation(?: menu)?|menu|cookies?(?: settings| consent| policy)?|your privacy|advertisement|sponsored.*|legal|imprint|tags|topics)$/i;

/** A page on cookies or privacy is not made of boilerplate. */
function isAboutSuch(passages: readonly Passage[]): boolean {
	const prose = passages.filter((passage) => passage.kind === 'sentence');
	const phrases = prose.filter(isPhrase).length;
	return prose.length >= 6 && phrases > 0.3 * prose.length;
}

/** Lists of several very short items without a figure or a lead are menus. */
function menuBlocks(passages: readonly Passage[]): Set<string> {
	const lists = Map.groupBy(
		passages.filter((passage) => passage.kind === 'item'),
		(passage) => `${passage.document}/${passage.block}`,
	);
	const menus = [...lists].filter(([, items]) => items.length >= 4 && items.every(isMenuItem));
	return new Set(menus.map(([place]) => place));
}

function isMenuItem({ plain, section, at }: Passage): boolean {
	return at < 40 && section.length === 0 && plain.length <= 30 && !/[\d:;]/.test(plain);
}

/** Lines that three or more documents of one site share, and most of its documents, are its frame. */
function repeatedLines(passages: readonly Passage[], documents: readonly Document[]): Set<string> {
	const hosts = documents.map((document) => hostOf(document.url));
	const sizes = new Map<string, number>();
	for (const host of hosts) if (host !== '') sizes.set(host, (sizes.get(host) ?? 0) + 1);
	const byLine = Map.groupBy(
		passages.filter(({ document, plain }) => (sizes.get(hosts[document] ?? '') ?? 0) >= 3 && plain.length <= 300),
		({ document, plain }) => `${hosts[document]}\n${plain}`,
	);
	const repeated = new Set<string>();
	for (const same of byLine.values()) {
		const places = new Set(same.map(({ document }) => document));
		const host = hosts[same[0]?.document ?? 0] ?? '';
		if (places.size < 3 || places.size * 2 < (sizes.get(host) ?? 0)) continue;
		for (const { document, plain } of same) repeated.add(`${document}\n${plain}`);
	}
	return repeated;
}

function hostOf(url: string | undefined): string {
	return url !== undefined && URL.canParse(url) ? new URL(url).host : '';
}
