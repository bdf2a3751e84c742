import type { ItemView } from '../../state/backlog/backlog-api.ts';
import type { Board } from '../../state/backlog/board.ts';

/** ItemProps are what the parts of an open item need. */
export interface ItemProps {
	readonly board: Board;
	readonly item: ItemView;
	/** Where another item is open. */
	readonly address: (item: number) => string;
}
