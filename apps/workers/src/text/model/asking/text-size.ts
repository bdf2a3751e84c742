/** sizeOf measures text for a model: letters of East Asian scripts take about three times the tokens of Latin ones. */
export function sizeOf(text: string): number {
	return text.length + 2 * (text.match(WIDE)?.length ?? 0);
}

/** roomFor is how much text (`sizeOf`) a request may hold besides its instructions and the reply. */
export function roomFor(contextTokens: number, replyTokens: number): number {
	const tokens = contextTokens - replyTokens - INSTRUCTION_TOKENS;
	return Math.min(MAX_ROOM, Math.max(MIN_ROOM, tokens * SIZE_PER_TOKEN));
}

/** clipSize is the beginning of a text that fits, cut between lines or words. */
export function clipSize(text: string, maxSize: number): string {
	if (sizeOf(text) <= maxSize) return text;
	let end = Math.min(text.length, Math.max(0, Math.floor(maxSize)));
	while (end > 0 && sizeOf(text.slice(0, end)) > maxSize) end = Math.floor(end * 0.8);
	const part = text.slice(0, end);
	const line = part.lastIndexOf('\n');
	const space = part.lastIndexOf(' ');
	return part.slice(0, line > end * 0.8 ? line : space > end * 0.8 ? space : end).trimEnd();
}

/** shareRoom gives each text an equal share; what a short one leaves is shared by the others. */
export function shareRoom(sizes: readonly number[], room: number): number[] {
	const rooms = sizes.map(() => 0);
	let left = Math.max(0, room);
	const order = sizes.map((size, index) => ({ size, index })).sort((one, other) => one.size - other.size);
	order.forEach(({ size, index }, done) => {
		const share = Math.min(size, Math.floor(left / (order.length - done)));
		rooms[index] = share;
		left -= share;
	});
	return rooms;
}

/** estimateTokens guesses how many tokens a text is to a model: about four characters each, one for each East Asian character. */
export function estimateTokens(text: string): number {
	const wide = text.match(WIDE)?.length ?? 0;
	return Math.ceil((text.length - wide) / 4) + wide;
}

const WIDE = /[\u0e00-\u0e7f\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]/g;
const INSTRUCTION_TOKENS = 1_500;
/** English takes 4 characters a token or more; tables of figures take fewer. */
const SIZE_PER_TOKEN = 3;
const MIN_ROOM = 3_000;
/** More than this costs minutes and money, and models find less in it. */
const MAX_ROOM = 300_000;
