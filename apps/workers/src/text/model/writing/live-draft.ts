import { splitSentences } from '../../sentences.ts';
import { withSourcedAddresses } from '../checking/verify-addresses.ts';
import { checkLine, everything, type LineRules, type Removal } from './check-line.ts';
import { mapMarks, marksIn, normalizeMarks } from './citation-marks.ts';

/**
 * LiveDraft is a text while a model writes it. Each line is checked as soon as it is whole, so that what a person watches is
 * what will stand; the line being written is shown without addresses, images and marks of nothing. Sources are numbered in
 * the order in which checked lines cite them.
 */
export class LiveDraft {
	readonly removed: Removal[] = [];
	/** All that was added, unchecked. */
	written = '';
	/** The numbers of the grounds that are cited, in the order of their new marks. */
	readonly cited: number[];
	/** How many citations stand. */
	kept = 0;
	readonly #rules: LineRules;
	readonly #figures: ReadonlySet<string>;
	readonly #before: number;
	readonly #lines: string[] = [];
	#open = '';
	#isDone = false;
	#inSources = false;
	#previewed = { open: '', shown: '' };

	constructor(rules: LineRules) {
		this.#rules = rules;
		this.#figures = new Set(everything(rules.grounds).flatMap(figuresIn));
		this.#before = rules.grounds.before;
		this.cited = Array.from({ length: this.#before }, (_, at) => at + 1);
	}

	add(piece: string): void {
		this.#isDone = false;
		this.written += piece;
		const lines = (this.#open + piece).split('\n');
		this.#open = lines.pop() ?? '';
		for (const line of lines) this.#take(line);
	}

	/** The text so far. */
	get text(): string {
		const open = this.#inSources ? '' : this.#preview(this.#open);
		return tidy([...this.#lines, open], this.#isDone);
	}

	/** Checks what is left as a whole line; a reply that was cut ends with its last whole sentence. */
	finish(wasCut: boolean): void {
		const open = wasCut ? wholeSentences(this.#open) : this.#open;
		this.#open = '';
		this.#isDone = true;
		if (open.trim() !== '') this.#take(open);
	}

	#take(written: string): void {
		// Models wrap whole texts in fences, begin with the title and end with a list of sources; all three are added elsewhere.
		if (/^\s*(?:```|~~~)/.test(written)) return;
		if (/^#\s/.test(written) && this.#lines.every((line) => line === '')) return;
		if (/^\s*(?:#{1,6}\s+|\*\*)/.test(written)) this.#inSources = SOURCES.test(written);
		if (this.#inSources) return;
		const { line, removed } = checkLine(written, this.#rules);
		this.removed.push(...removed);
		if (line.trim() === '' && written.trim() !== '') return;
		this.kept += marksIn(line).length;
		this.#lines.push(this.#renumbered(line, true));
		// Its marks have numbers now.
		this.#previewed = { open: '', shown: '' };
	}

	/** The line being written, as far as it is looked at before it is whole: a line without end costs no more than a long one. */
	#preview(line: string): string {
		const open = line.slice(0, MOST_PREVIEWED);
		if (open !== this.#previewed.open) this.#previewed = { open, shown: this.#shownOf(open) };
		return this.#previewed.shown;
	}

	#shownOf(open: string): string {
		if (/^\s*(?:```|~~~|#\s)/.test(open)) return '';
		// What is not whole yet may become an image or a link.
		const whole = this.#withKnownFigures(withoutUnfinished(open));
		return this.#renumbered(withSourcedAddresses(normalizeMarks(whole), this.#rules.grounds.addresses).markdown, false);
	}

	/** A line is shown up to the sentence whose figures nothing holds; the whole line is looked at closely. */
	#withKnownFigures(open: string): string {
		const sentences = splitSentences(open);
		const strange = sentences.find((sentence) => {
			return figuresIn(mapMarks(normalizeMarks(sentence), () => '')).some((figure) => !this.#figures.has(figure));
		});
		return strange === undefined ? open : open.slice(0, open.indexOf(strange));
	}

	#renumbered(line: string, keep: boolean): string {
		const cited = keep ? this.cited : [...this.cited];
		return mapMarks(line, (mark) => {
			if (this.#rules.grounds.cited[mark - 1] === undefined) return '';
			const known = cited.indexOf(mark);
			return `[${known < 0 ? cited.push(mark) : known + 1}]`;
		});
	}
}

const SOURCES =
	/^\s*(?:#{1,6}\s+|\*\*)(?:\d+[.)]\s*)?(?:sources?|references|citations|bibliography|footnotes|links)\b[\s:*]*$/i;
/** Most paragraphs are shorter. */
const MOST_PREVIEWED = 2_000;
const UNFINISHED_MARKUP =
	/(?:!|!?\[[^\]]{0,600}\]?|!?\[[^\]]{0,600}\]\([^)]{0,2000}|【[^】]{0,60}|<[^>]{0,600}|&[#\w]{0,10})$/;

/** Without the markup, the address or the figure that the last words may be the beginning of. */
function withoutUnfinished(open: string): string {
	const text = open.replace(UNFINISHED_MARKUP, '');
	const lastWord = text.slice(text.search(LAST_WORD));
	return /[:/.@\d]/.test(lastWord) ? text.slice(0, text.length - lastWord.length) : text;
}

const LAST_WORD = /(?<!\S)\S*$/;

function figuresIn(text: string): string[] {
	return text.match(/\d{2,}/g) ?? [];
}

/** A heading that nothing is left under goes, and gaps between paragraphs are one line. */
function tidy(lines: readonly string[], isDone: boolean): string {
	const kept: string[] = [];
	// While it is being written, something may yet follow the last heading.
	let below = isDone ? 1 : 7;
	for (const line of lines.toReversed()) {
		const level = headingLevel(line);
		if (level > 0 && level >= below) continue;
		if (level > 0) below = level;
		else if (line.trim() !== '') below = 7;
		kept.push(line);
	}
	return kept
		.reverse()
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

function headingLevel(line: string): number {
	return /^\s{0,3}(#{1,6})\s/.exec(line)?.[1]?.length ?? 0;
}

function wholeSentences(text: string): string {
	return /^.*[.!?…]["”’)\]*_]*(?:\s?\[\d{1,4}\])*/s.exec(text)?.[0] ?? '';
}
