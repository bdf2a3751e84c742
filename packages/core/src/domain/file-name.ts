const maxLength = 120;

/**
 * safeFileName makes of whatever a person or a page called a file a name that is safe to show, to send in a header and to
 * save under: no folders, no control or bidirectional characters, no leading dots, bounded, never empty.
 */
export function safeFileName(name: string): string {
	const base = name.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
	const clean = base
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/\s+/g, ' ')
		.replace(/^[. ]+|[. ]+$/g, '');
	return shorten(clean) || 'file';
}

/** Cuts the stem and keeps the extension. */
function shorten(name: string): string {
	const characters = [...name];
	if (characters.length <= maxLength) return name;
	const extension = /\.[^. ]{1,15}$/.exec(name)?.[0] ?? '';
	return characters.slice(0, maxLength - extension.length).join('') + extension;
}
