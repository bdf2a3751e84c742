/** Edits is what was done to something, so that it can be undone and done again. */
export interface Edits<T> {
	readonly past: readonly T[];
	readonly now: T;
	readonly future: readonly T[];
	/** What the latest edit was made to: more of the same at once is one edit. */
	readonly same?: string | undefined;
	readonly at: number;
}

const MOST = 200;
/** Letters typed into one field this close together are undone together. */
const TOGETHER_MS = 1_500;

/** editsOf begins with something that nothing was done to yet. */
export function editsOf<T>(now: T): Edits<T> {
	return { past: [], now, future: [], at: 0 };
}

/** edited is with one edit more. */
export function edited<T>(
	edits: Edits<T>,
	now: T,
	{ same, at }: { readonly same?: string | undefined; readonly at: number },
): Edits<T> {
	const joins = same !== undefined && same === edits.same && at - edits.at < TOGETHER_MS && edits.future.length === 0;
	const past = joins ? edits.past : [...edits.past, edits.now].slice(-MOST);
	return { past, now, future: [], same, at };
}

/** undone is with the latest edit taken back. */
export function undone<T>(edits: Edits<T>): Edits<T> {
	const now = edits.past.at(-1);
	if (now === undefined) return edits;
	return { past: edits.past.slice(0, -1), now, future: [edits.now, ...edits.future], at: 0 };
}

/** redone is with what was taken back done again. */
export function redone<T>(edits: Edits<T>): Edits<T> {
	const [now, ...future] = edits.future;
	if (now === undefined) return edits;
	return { past: [...edits.past, edits.now], now, future, at: 0 };
}
