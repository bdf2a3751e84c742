/** The default alphabet of GSM 03.38, and what costs two units because it is written with an escape. */
const BASIC = new Set(
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const ESCAPED = new Set('\f^{}\\[~]|€');

/** gsmUnits is how many units of the GSM alphabet a character takes; undefined if it is not in there. */
export function gsmUnits(character: string): 1 | 2 | undefined {
	if (BASIC.has(character)) return 1;
	return ESCAPED.has(character) ? 2 : undefined;
}

/** isGsm says whether a text can be sent in the GSM alphabet, in which more than twice as much fits. */
export function isGsm(text: string): boolean {
	for (const character of text) {
		if (gsmUnits(character) === undefined) return false;
	}
	return true;
}

const PLAINER: readonly (readonly [RegExp, string])[] = [
	[/[\u2018-\u201b\u2032\u00b4`]/g, "'"],
	[/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"'],
	[/[\u2010-\u2015\u2212]/g, '-'],
	[/\u2026/g, '...'],
	[/[\u2022\u2023\u25aa\u25cf\u25e6]|(?<=^|\s)\u00b7(?=\s)/g, '-'],
	[/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g, ' '],
	[/[\u00ad\u200b\u2060\ufeff]/g, ''],
	[/\u2192/g, '->'],
	[/\u2190/g, '<-'],
	[/\u00d7/g, 'x'],
	[/\u2264/g, '<='],
	[/\u2265/g, '>='],
	[/\u2122/g, '(TM)'],
	[/[\u2028\u2029]|\r\n?/g, '\n'],
];

/**
 * plainerText replaces typographic signs by what a keyboard has, where that brings the whole text into the GSM alphabet.
 * Letters are never touched: a text in Polish or Chinese stays as it is.
 */
export function plainerText(text: string): string {
	const plainer = PLAINER.reduce((shown, [sign, plain]) => shown.replace(sign, plain), text);
	return isGsm(plainer) ? plainer : text;
}
