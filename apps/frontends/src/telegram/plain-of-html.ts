/** plainOfHtml is Telegram's HTML as the reader sees it, without its markup: what its limits count, and what is sent when the markup is refused. */
export function plainOfHtml(html: string): string {
	return html
		.replace(/<[^<>]{1,4096}>/g, '')
		.replace(/&(lt|gt|quot|amp|#\d{1,7});/g, (whole, name: string) => CHARACTERS[name] ?? numbered(name) ?? whole);
}

const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

function numbered(name: string): string | undefined {
	const point = Number(name.slice(1));
	return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}
