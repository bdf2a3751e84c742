/**
 * cleanText removes what a reader cannot see and a quote should not carry: control characters, soft hyphens, zero-width
 * and direction-changing marks, invisible tag characters, the private characters of icon fonts; line ends become `\n`, hard spaces ordinary ones.
 */
export function cleanText(text: string): string {
	return text
		.replace(/\r\n?/g, '\n')
		.replace(INVISIBLE, '')
		.replace(/[\u00a0\u2007\u202f]/g, ' ')
		.toWellFormed();
}

/** oneLine is the text with every run of white space made one space. */
export function oneLine(text: string): string {
	return cleanText(text).replace(/\s+/g, ' ').trim();
}

const INVISIBLE = new RegExp(
	[
		'[\\u0000-\\u0008\\u000b\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b\\u2060-\\u2064\\ufeff]',
		'[\\u202a-\\u202e\\u2066-\\u2069]',
		'[\\ue000-\\uf8ff]',
		'[\\u{e0000}-\\u{e007f}]',
	].join('|'),
	'gu',
);
