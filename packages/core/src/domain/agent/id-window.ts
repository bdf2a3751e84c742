/**
 * IdWindow remembers ids for a while: each one through at least `ID_WINDOW` later ones. Plain data, and adding one copies a
 * sixty-fourth of it, because ten thousand are added one by one.
 */
export interface IdWindow {
	/** Added since the older half was set aside. */
	readonly added: number;
	readonly younger: readonly string[];
	readonly older: readonly string[];
}

/** How many ids are added before those of the time before are forgotten. */
export const ID_WINDOW = 10_000;

const PLACES = 64;
const NONE: readonly string[] = new Array<string>(PLACES).fill('');

/** NO_IDS remembers nothing yet. */
export const NO_IDS: IdWindow = { added: 0, younger: NONE, older: NONE };

/** remembers tells whether an id was added and is not forgotten yet. Ids hold no space. */
export function remembers({ younger, older }: IdWindow, id: string): boolean {
	const place = placeOf(id);
	const sought = `${id} `;
	return (younger[place] ?? '').includes(sought) || (older[place] ?? '').includes(sought);
}

/** rememberId adds one. */
export function rememberId(window: IdWindow, id: string): IdWindow {
	const full = window.added >= ID_WINDOW;
	const younger = [...(full ? NONE : window.younger)];
	const place = placeOf(id);
	younger[place] = `${younger[place] ?? ''}${id} `;
	return { added: full ? 1 : window.added + 1, younger, older: full ? window.younger : window.older };
}

/** Ids are digests, whose characters are spread evenly. */
function placeOf(id: string): number {
	return ((id.charCodeAt(0) * 31 + id.charCodeAt(1)) >>> 0) % PLACES;
}
