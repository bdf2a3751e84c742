/** HtmlNode is the small part of the DOM that rendering walks; linkedom's nodes are such nodes. */
export interface HtmlNode {
	readonly nodeType: number;
	/** Lower-case tag name of an element. */
	readonly localName?: string;
	readonly nodeValue?: string | null;
	readonly childNodes: Iterable<HtmlNode>;
	readonly textContent: string | null;
}

/** HtmlElement is an HtmlNode with attributes and a way to search below it. */
export interface HtmlElement extends HtmlNode {
	readonly localName: string;
	readonly parentNode: HtmlElement | null;
	getAttribute(name: string): string | null;
	setAttribute(name: string, value: string): void;
	querySelector(selector: string): HtmlElement | null;
	querySelectorAll(selector: string): Iterable<HtmlElement>;
	remove(): void;
}

/** isElement tells elements from text and comments. */
export function isElement(node: HtmlNode): node is HtmlElement {
	return node.nodeType === 1;
}

/** isText tells text from elements and comments. */
export function isText(node: HtmlNode): boolean {
	return node.nodeType === 3;
}
