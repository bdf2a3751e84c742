/** isApiAddress tells whether a text is the http or https address that paths of an API can be put after. */
export function isApiAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
}
