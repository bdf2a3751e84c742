import type { ItemStatus } from '@errand/core/domain/backlog/item.ts';

/**
 * Move is a change of a card's status that is under way. The card shows it at once, until the server's own word of it is here:
 * the answer may come before that word and after it, and others may move the same card meanwhile.
 */
export interface Move {
	readonly to: ItemStatus;
	/** Some change of the card came since it began. */
	readonly heard: boolean;
	/** The server answered. */
	readonly answered: boolean;
}

export type Moves = ReadonlyMap<number, Move>;

/** begun is moves with one more. */
export function begun(moves: Moves, id: number, to: ItemStatus): Moves {
	return new Map(moves).set(id, { to, heard: false, answered: false });
}

/** answered takes an answer in: where word of the card came already, that is what counts. */
export function answered(moves: Moves, id: number): Moves {
	const move = moves.get(id);
	if (move === undefined) return moves;
	return move.heard ? ended(moves, id) : new Map(moves).set(id, { ...move, answered: true });
}

/** heard takes in that cards changed, in the server's words. */
export function heard(moves: Moves, ids: Iterable<number>): Moves {
	let next = moves;
	for (const id of ids) {
		const move = next.get(id);
		if (move === undefined) continue;
		next = move.answered ? ended(next, id) : new Map(next).set(id, { ...move, heard: true });
	}
	return next;
}

/** ended is moves without one: it was refused, or its word is here. */
export function ended(moves: Moves, id: number): Moves {
	if (!moves.has(id)) return moves;
	const next = new Map(moves);
	next.delete(id);
	return next;
}
