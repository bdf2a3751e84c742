import { CoreError } from '@errand/core/domain/errors.ts';
import { Parser } from 'htmlparser2';
import { DOCUMENT_LIMITS } from './parsed-document.ts';

const MAX_DEPTH = 300;
const CHUNK = 16_384;

/**
 * xmlTags counts the tags of an XML part and refuses one whose nesting is broken or too deep, because the parser of the
 * Word reader takes time by the square of it. Throws `unreadable-document`.
 */
export function xmlTags(xml: Uint8Array): number {
	let depth = 0;
	let tags = 0;
	const parser = new Parser(
		{
			onopentag: () => {
				depth += 1;
				tags += 1;
			},
			onclosetag: () => {
				depth -= 1;
			},
		},
		{ xmlMode: true, decodeEntities: false },
	);
	const text = new TextDecoder().decode(xml);
	for (let at = 0; at < text.length && depth <= MAX_DEPTH && tags <= DOCUMENT_LIMITS.zipXmlTags; at += CHUNK) {
		parser.write(text.slice(at, at + CHUNK));
	}
	if (depth > MAX_DEPTH) throw broken('its parts are nested too deeply');
	if (depth > 0 && tags <= DOCUMENT_LIMITS.zipXmlTags) throw broken('its content is damaged');
	return tags;
}

function broken(why: string): CoreError {
	return new CoreError('unreadable-document', `Cannot read the Word document: ${why}.`, {
		hint: 'Open it in a word processor and save it again, or give it as PDF.',
	});
}
