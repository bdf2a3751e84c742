import { signal } from '@preact/signals';
import { Component } from 'preact';
import { useMemo } from 'preact/hooks';
import type { MarkdownBlock } from '../text/markdown.ts';

type SafeBlocks = (markdown: string) => readonly MarkdownBlock[];

const safeBlocks = signal<SafeBlocks | undefined>(undefined);

/** loadMarkdown fetches what draws Markdown; until it is here, texts stand as they were written. */
export async function loadMarkdown(): Promise<void> {
	const loaded = await import('../text/safe-html.ts');
	safeBlocks.value = loaded.safeBlocks;
}

/** Markdown shows a text; while it grows, only the block that changes is drawn again. */
export function Markdown({ text }: { readonly text: string }) {
	const cut = safeBlocks.value;
	const blocks = useMemo(() => cut?.(text), [cut, text]);
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
