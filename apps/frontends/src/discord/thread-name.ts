import { tameText } from '../chat/tame-text.ts';

const MAX_NAME = 100;
const SHORT = 80;

/** threadName is a goal as the name of a thread: its first words, in one line, without marks. */
export function threadName(goal: string): string {
	const line = tameText(goal)
		.replace(/<[@#][!&]?\d{1,20}>/g, '')
		.replace(/[*_`~>#|\\]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
	if (line === '') return 'Errand';
	if (line.length <= SHORT) return line;
	const cut = line.slice(0, SHORT).toWellFormed();
	const word = cut.lastIndexOf(' ');
	return `${word > SHORT / 2 ? cut.slice(0, word) : cut}…`.slice(0, MAX_NAME);
}
