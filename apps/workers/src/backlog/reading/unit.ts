import type { ItemPriority } from '@errand/core/domain/backlog/item.ts';
import type { ListItem, OutlineBlock } from './outline.ts';

/** Unit is one thing to do as the document has it, before it is an item. */
export interface Unit {
	/** What others may call it besides its title. */
	readonly refs: readonly string[];
	/** Identifiers of the sections it stands in, outermost first. */
	readonly within: readonly string[];
	/** The section it stands in; units of one section may be joined. */
	readonly group: string;
	readonly title: string;
	readonly content: readonly OutlineBlock[];
	readonly priority?: ItemPriority | undefined;
	readonly phase?: number | undefined;
	/** What the document says that it waits for: `FR-3, the login`. */
	readonly needs: readonly string[];
	/** What proves that it is done. */
	readonly tests: readonly string[];
}

/** renderBlocks writes content as Markdown again. */
export function renderBlocks(blocks: readonly OutlineBlock[]): string {
	return blocks.map(renderBlock).join('\n\n').trim();
}

/** renderItems writes a list as Markdown. */
export function renderItems(items: readonly ListItem[], indent = ''): string {
	return items
		.map(({ text, items: inner }) => {
			const own = `${indent}- ${text.replaceAll('\n', `\n${indent}  `)}`;
			return inner.length === 0 ? own : `${own}\n${renderItems(inner, `${indent}  `)}`;
		})
		.join('\n');
}

/** textsOf lists the texts of content, one for each paragraph, item or row. */
export function textsOf(blocks: readonly OutlineBlock[]): string[] {
	return blocks.flatMap(blockTexts);
}

function blockTexts(block: OutlineBlock): string[] {
	switch (block.type) {
		case 'paragraph':
			return [block.text];
		case 'list':
			return block.items.flatMap(itemTexts);
		case 'table':
			return block.rows.map((row) => row.join('; '));
		case 'code':
			return [];
	}
}

function itemTexts({ text, items }: ListItem): string[] {
	return [text, ...items.flatMap(itemTexts)];
}

function renderBlock(block: OutlineBlock): string {
	switch (block.type) {
		case 'paragraph':
			return block.text;
		case 'list':
			return renderItems(block.items);
		case 'table': {
			const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
			return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
		}
		case 'code':
			return `\`\`\`\n${block.text}\n\`\`\``;
	}
}
