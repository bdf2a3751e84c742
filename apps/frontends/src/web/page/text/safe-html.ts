import DOMPurify from 'dompurify';
import { type BlockCutter, createBlockCutter } from './growing-blocks.ts';
import { OWN_IMAGE } from './markdown.ts';

/** createSafeCutter cuts growing Markdown into blocks whose HTML is fit for the page. It is the heavy half of the page, loaded apart. */
export function createSafeCutter(): BlockCutter {
	const cut = createBlockCutter();
	return (text, how) => cut(text, how).map((block) => ({ source: block.source, html: () => clean(block.html()) }));
}

/** The second lock on the door: the Markdown renderer lets no markup and no picture from elsewhere through already. */
function clean(html: string): string {
	return DOMPurify.sanitize(html, {
		USE_PROFILES: { html: true },
		ADD_ATTR: ['target'],
		FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'video', 'audio', 'iframe', 'picture'],
		FORBID_ATTR: ['style', 'id', 'name', 'srcset', 'background', 'poster'],
	});
}

DOMPurify.addHook('uponSanitizeAttribute', (_element, attribute) => {
	if (attribute.attrName === 'src' && !OWN_IMAGE.test(attribute.attrValue)) attribute.keepAttr = false;
});
