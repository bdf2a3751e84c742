/** linkCitations turns `[3]` into a link to the third source, where there are that many; `sourceOf` reads it back. */
export function linkCitations(markdown: string, sources: number): string {
	return markdown.replace(/\[(\d{1,4})\](?!\()/g, (written, number: string) => {
		const place = Number(number);
		return place >= 1 && place <= sources ? `[${written}](${PREFIX}${place})` : written;
	});
}

/** sourceOf says which source, counted from 1, a link of linkCitations leads to. */
export function sourceOf(href: string | null): number | undefined {
	const place = href?.startsWith(PREFIX) ? Number(href.slice(PREFIX.length)) : Number.NaN;
	return Number.isInteger(place) ? place : undefined;
}

const PREFIX = '#source-';
