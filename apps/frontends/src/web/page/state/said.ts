import { type ReadonlySignal, signal } from '@preact/signals';

/** Said is what was done just now, in words that fade. */
export interface Said {
	readonly words: ReadonlySignal<string>;
	say(words: string): void;
}

const SHOWN_MS = 8_000;

/** createSaid shows the latest words for a while. */
export function createSaid(): Said {
	const words = signal('');
	let fading: ReturnType<typeof setTimeout> | undefined;
	return {
		words,
		say: (now) => {
			words.value = now;
			clearTimeout(fading);
			fading = setTimeout(() => {
				words.value = '';
			}, SHOWN_MS);
		},
	};
}
