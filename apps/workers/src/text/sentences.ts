/** splitSentences cuts a paragraph into sentences, each as it stands there; abbreviations, initials, decimals and addresses hold together. */
export function splitSentences(paragraph: string): string[] {
	const sentences: string[] = [];
	let start = 0;
	for (const match of paragraph.matchAll(END)) {
		const end = match.index + match[0].length;
		if (!endsSentence(paragraph, start, match.index, end, match[0])) continue;
		push(sentences, paragraph.slice(start, end));
		start = end;
	}
	push(sentences, paragraph.slice(start));
	return sentences;
}

/** A full stop with what closes a quotation or bracket and with footnote marks; East Asian ones need no space after them. */
const END = /(?:[.!?…]{1,8}["'”’»)\]*_]{0,3}(?:\[\^?[\w*†]{1,6}\]|[¹²³⁰⁴-⁹]){0,4}(?=\s))|[。！？｡]{1,8}[」』”）]?/g;
const STARTS = /^\s+["'“‘«„(*_[¹²³¡¿]{0,3}[\p{Lu}\p{Lt}\p{Lo}\d$€£]/u;

function endsSentence(text: string, start: number, at: number, end: number, mark: string): boolean {
	if (/^[。！？｡]/.test(mark)) return true;
	const after = text.slice(end, end + 40);
	if (!STARTS.test(after)) return false;
	if (/^[!?…]/.test(mark) || /^\.{2,}/.test(mark)) return true;
	const before = text.slice(Math.max(start, at - 24), at);
	const word = /[^\s(“"‘'—–/]*$/u.exec(before)?.[0] ?? '';
	// "1. Scope" numbers what follows; "in 2030. The" ends a sentence.
	if (before.trim() === word && /^\d{1,3}(?:\.\d{1,3})*$|^[a-zA-Z]$/.test(word)) return false;
	if (/^\d{1,2}$/.test(word) && MONTH.test(after)) return false;
	if (NEVER_LAST.test(word)) return false;
	const mayGoOn = SOMETIMES_LAST.test(word) || /^(?:\p{L}\.)*\p{L}$/u.test(word);
	return !mayGoOn || OPENER.test(after);
}

const MONTH = /^\s+(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)/;
const NEVER_LAST =
	/^(?:mr|mrs|ms|mx|dr|prof|rev|hon|gov|sen|rep|gen|col|capt|sgt|lt|st|mt|ft|messrs|no|nos|nr|art|para|sec|fig|vol|pp?|ch|approx|ca|cf|vs|v|e\.g|i\.e|viz|incl|excl|max|min|tel|bzw|z\.\s?b|d\.h|u\.a|ggf|zzgl|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|m|mme|mlle|sr|sra|dra|abs|ziff)$/i;
const SOMETIMES_LAST =
	/^(?:inc|ltd|co|corp|plc|llc|bros|jr|sr|etc|usw|al|dept|est|ave|blvd|rd|a\.m|p\.m|u\.s|u\.k|u\.n|e\.u|ph\.d|b\.a|m\.a|p\.a)$/i;
/** Words that begin a sentence far more often than a name. */
const OPENER =
	/^\s+["“‘'(]?(?:The|A|An|In|On|At|It|Its|He|His|She|Her|They|Their|We|Our|You|Your|This|That|These|Those|There|But|And|Or|So|If|When|While|As|For|From|With|By|To|After|Before|Since|Until|However|Under|Not|No|Some|Many|Most|All|Each|Both|Also|Yet|Then|What|Who|Why|How|Where|Which|One|Two|Der|Die|Das|Ein|Eine|Es|Er|Sie|Wir|Im|Am|Le|La|Les|Il|Elle|El|Los)\s/;

function push(sentences: string[], text: string): void {
	const sentence = text.trim();
	if (sentence !== '') sentences.push(sentence);
}
