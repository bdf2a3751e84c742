/** Sight says whether somebody looks at the page; `document` is one. */
export interface Sight {
	readonly visibilityState: string;
	addEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** repeatWhileVisible does something again and again while somebody looks at the page, and at once when they look again. */
export function repeatWhileVisible(act: () => void, everyMs: number, sight: Sight): void {
	const look = () => {
		if (sight.visibilityState === 'visible') act();
	};
	sight.addEventListener('visibilitychange', look);
	setInterval(look, everyMs);
}
