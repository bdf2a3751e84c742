/** Format is a kind of text that can be written, and what people call it. */
export interface Format {
	readonly format: 'report' | 'talking-points' | 'email';
	readonly words: string;
}

/** formatOf finds the kind of text a clause names: an e-mail, talking points, a report. */
export function formatOf(text: string): Format | undefined {
	if (/\b(?:talking|speaking|discussion) (?:points|notes)\b|\bkey messages\b|\bspeaking notes\b/i.test(text)) {
		return { format: 'talking-points', words: 'talking points' };
	}
	if (/\b(?:e-?mails?|mail|letter)\b/i.test(text)) return { format: 'email', words: 'an e-mail' };
	if (/\b(?:report|briefing|brief|memo|write-?up|overview|dossier|paper)\b/i.test(text)) {
		return { format: 'report', words: 'a report' };
	}
	return undefined;
}
