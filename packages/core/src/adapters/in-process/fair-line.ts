/** Place is one entry's place in a line, kept to leave it early. */
export interface Place<T> {
	readonly value: T;
	readonly group: string;
	before: Place<T> | undefined;
	after: Place<T> | undefined;
	waiting: boolean;
}

/**
 * FairLine is a waiting line that serves its groups in turn, and each group in order of arrival: one group's flood holds
 * nobody else up. Joining, serving and leaving take constant time.
 */
export class FairLine<T> {
	readonly #rows = new Map<string, Row<T>>();
	#turn: Row<T> | undefined;
	#size = 0;

	get size(): number {
		return this.#size;
	}

	join(group: string, value: T): Place<T> {
		const place: Place<T> = { value, group, before: undefined, after: undefined, waiting: true };
		const row = this.#rows.get(group);
		if (row === undefined) this.#openRow(group, place);
		else {
			place.before = row.last;
			row.last.after = place;
			row.last = place;
		}
		this.#size++;
		return place;
	}

	/** Takes the next value whose group's turn it is. */
	serve(): T | undefined {
		const row = this.#turn;
		if (row === undefined) return undefined;
		this.#turn = row.right;
		const place = row.first;
		this.leave(place);
		return place.value;
	}

	/** Leaves the line; a place that has been served or left already is ignored. */
	leave(place: Place<T>): void {
		if (!place.waiting) return;
		place.waiting = false;
		this.#size--;
		const row = this.#rows.get(place.group);
		if (row === undefined) return;
		if (place.before !== undefined) place.before.after = place.after;
		if (place.after !== undefined) place.after.before = place.before;
		if (place.before === undefined && place.after === undefined) this.#closeRow(row);
		else if (place.before === undefined && place.after !== undefined) row.first = place.after;
		else if (place.after === undefined && place.before !== undefined) row.last = place.before;
	}

	// Rows stand in a ring; a new one is served after all that wait already.
	#openRow(group: string, place: Place<T>): void {
		const row: Row<T> = { group, first: place, last: place, left: undefined, right: undefined };
		this.#rows.set(group, row);
		const turn = this.#turn;
		if (turn === undefined) {
			row.left = row;
			row.right = row;
			this.#turn = row;
			return;
		}
		row.right = turn;
		row.left = turn.left;
		if (turn.left !== undefined) turn.left.right = row;
		turn.left = row;
	}

	#closeRow(row: Row<T>): void {
		this.#rows.delete(row.group);
		if (row.right === row) this.#turn = undefined;
		else if (this.#turn === row) this.#turn = row.right;
		if (row.left !== undefined) row.left.right = row.right;
		if (row.right !== undefined) row.right.left = row.left;
	}
}

interface Row<T> {
	readonly group: string;
	first: Place<T>;
	last: Place<T>;
	left: Row<T> | undefined;
	right: Row<T> | undefined;
}
