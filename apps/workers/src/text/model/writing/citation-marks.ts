/** normalizeMarks writes citations one way, `[3]` before the full stop: models also write `[3, 4]`, `[3-5]`, `[^3]`, `【3】`, `[3](url)`. */
export function normalizeMarks(line: string): string {
	return line
		.replace(/【(\d{1,4})[^】\n]{0,40}】/g, '[$1]')
		.replace(/\\\[(\d{1,4})\\\]/g, '[$1]')
		.replace(/\[(?:\^|#|source |point )?(\d{1,4})\]/gi, '[$1]')
		.replace(/\[(\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})+)\]/g, (_, numbers: string) => eachMark(numbers))
		.replace(/\[(\d{1,4})\]\([^()\s]{0,2000}\)/g, '[$1]')
		.replace(/([.!?][)*_]{0,3})((?:\s?\[\d{1,4}\])+)(?=\s|$)/g, (_, end: string, marks: string) => {
			return ` ${marks.trim()}${end}`;
		});
}

/** marksIn lists the numbers that a text cites, in order. */
export function marksIn(text: string): number[] {
	return [...text.matchAll(MARK)].map(([, number]) => Number(number));
}

/** mapMarks writes each citation anew; one that gives nothing goes, with the space before it. */
export function mapMarks(text: string, change: (number: number) => string): string {
	return text.replace(/( ?)\[(\d{1,4})\](?!\()/g, (_, space: string, number: string) => {
		const mark = change(Number(number));
		return mark === '' ? '' : space + mark;
	});
}

const MARK = /\[(\d{1,4})\](?!\()/g;

function eachMark(numbers: string): string {
	const marks = numbers.split(/\s*[,;]\s*/).flatMap((part) => {
		const [from, to = from] = part.split(/\s*[–-]\s*\^?/).map((number) => Number(number.replace('^', '')));
		if (from === undefined || to === undefined || to < from || to - from > 20) return [];
		return Array.from({ length: to - from + 1 }, (_, step) => `[${from + step}]`);
	});
	return marks.join(' ');
}
