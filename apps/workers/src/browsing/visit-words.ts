import type { VisitStep } from './visit-input.ts';

/** stepWords says what a step does as a person would: `clicking “Sign in”`. What is filled in is never said. */
export function stepWords(step: VisitStep): string {
	switch (step.do) {
		case 'open':
			return `opening ${shortAddress(step.url)}`;
		case 'click':
			return `clicking ${targetWords(step.target)}`;
		case 'fill':
			return `filling in ${targetWords(step.target)}`;
		case 'select':
			return `choosing in ${targetWords(step.target)}`;
		case 'press':
			return `pressing ${step.key}${step.target === undefined ? '' : ` in ${targetWords(step.target)}`}`;
		case 'scroll':
			return step.target === undefined ? 'scrolling' : `scrolling to ${targetWords(step.target)}`;
		case 'wait':
			return waitWords(step);
		case 'screenshot':
			return 'taking a screenshot';
		case 'snapshot':
			return 'reading the layout';
		case 'extract':
			return `reading ${Object.keys(step.fields).slice(0, 5).join(', ')}`;
		case 'download':
			return step.url === undefined
				? `downloading by ${targetWords(step.target ?? '')}`
				: `downloading ${shortAddress(step.url)}`;
	}
}

/** openingWords says what a visit begins with. */
export function openingWords(url: string | undefined): string {
	return url === undefined ? 'going on where the step before ended' : `opening ${shortAddress(url)}`;
}

/** waitWords says what is waited for. */
export function waitWords(wait: {
	readonly target?: string | undefined;
	readonly text?: string | undefined;
	readonly ms?: number | undefined;
}): string {
	if (wait.text !== undefined) return `waiting for “${shorten(wait.text, 60)}”`;
	if (wait.target !== undefined) return `waiting for ${targetWords(wait.target)}`;
	return `waiting ${(wait.ms ?? 0) / 1_000} s`;
}

/** shortAddress is an address short enough for a line, without what may be confidential in its query. */
export function shortAddress(address: string): string {
	if (!URL.canParse(address)) return shorten(address, 80);
	const { host, pathname, protocol } = new URL(address);
	return host === '' ? `${protocol}…` : shorten(`${host}${pathname === '/' ? '' : pathname}`, 80);
}

/** targetWords names an element by what a person sees of it, where the selector says so. */
export function targetWords(target: string): string {
	const seen = /^(?:text=|role=[a-z]+\[name=)["']?([^"'\]]+)/i.exec(target)?.[1];
	return seen === undefined ? shorten(target, 80) : `“${shorten(seen.trim(), 60)}”`;
}

function shorten(text: string, length: number): string {
	const line = text.replace(/\s+/g, ' ');
	return line.length <= length ? line : `${line.slice(0, length - 1).toWellFormed()}…`;
}
