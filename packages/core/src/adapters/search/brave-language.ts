const SAME = new Set(
	'ar eu bn bg ca hr cs da nl en et fi fr gl de el gu he hi hu is it kn ko lv lt ms ml mr nb pl pa ro ru sr sk sl es sv ta te th tr uk vi'.split(
		' ',
	),
);
const OTHER: Readonly<Record<string, string>> = { ja: 'jp', zh: 'zh-hans', pt: 'pt-pt', no: 'nb' };

/** braveLanguage is Brave's code of an ISO 639-1 language; undefined for one it would refuse the whole search for. */
export function braveLanguage(language: string): string | undefined {
	const code = language.toLowerCase().split(/[-_]/)[0] ?? '';
	return SAME.has(code) ? code : OTHER[code];
}
