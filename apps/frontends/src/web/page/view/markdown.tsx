import { signal } from '@preact/signals';
import { Component } from 'preact';
import { useMemo } from 'preact/hooks';
import type { BlockCutter } from '../text/growing-blocks.ts';
import type { MarkdownBlock } from '../text/markdown.ts';

const createCutter = signal<(() => BlockCutter) | undefined>(undefined);

/** loadMarkdown fetches what draws Markdown; until it is here, texts stand as they were written. */
export async function loadMarkdown(): Promise<void> {
	const loaded = await import('../text/safe-html.ts');
	createCutter.value = loaded.createSafeCutter;
}

/**
 * Markdown shows a text; while it grows, only its end is read and drawn again. `open`: more is to come; `sources`: how many
 * there are for numbers in brackets to lead to.
 */
export function Markdown({
	text,
	open = false,
	sources = 0,
}: {
	readonly text: string;
	readonly open?: boolean;
	readonly sources?: number;
}) {
	const create = createCutter.value;
	const cut = useMemo(() => create?.(), [create]);
	const blocks = useMemo(() => cut?.(text, { open, sources }), [cut, text, open, sources]);
	if (blocks === undefined) return <div class="markdown markdown-plain">{text}</div>;
	return (
		<div class="markdown">
			{blocks.map((block, index) => (
				<Block key={index} block={block} />
			))}
		</div>
	);
}

class Block extends Component<{ readonly block: MarkdownBlock }> {
	override shouldComponentUpdate(next: { readonly block: MarkdownBlock }): boolean {
		return next.block.source !== this.props.block.source;
	}

	override render() {
		return <div dangerouslySetInnerHTML={{ __html: this.props.block.html() }} />;
	}
}
