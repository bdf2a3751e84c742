/** Waiting says whose a value is and what is known of it. */
export interface Waiting {
	readonly group: string;
	/** Of one group's, the higher goes first; 0 where nothing is said. */
	readonly priority?: number | undefined;
	/** What serving it takes, in turns: 1 where nothing is said, at most `MAX_COST`. A group whose last one was dear sits turns out. */
	readonly cost?: number | undefined;
}

/** Place is one entry's place in a line, kept to leave it early. */
export interface Place<T> {
	readonly value: T;
	readonly group: string;
	readonly cost: number;
	readonly priority: number;
	before: Place<T> | undefined;
	after: Place<T> | undefined;
	waiting: boolean;
}

/** MAX_COST bounds the turns that one value may take. */
export const MAX_COST = 16;

/**
 * ReleaseLine is a waiting line that serves its groups in turn (deficit round robin), within a group the higher priority first, and
 * then in order of arrival: one group's flood holds nobody else up. Joining, serving and leaving take constant time, however many wait.
 */
export class ReleaseLine<T> {
	readonly #rows = new Map<string, Row<T>>();
	#turn: Row<T> | undefined;
	#size = 0;

	get size(): number {
		return this.#size;
	}

	/** How many groups wait. */
	get groups(): number {
		return this.#rows.size;
	}

	join({ group, priority = 0, cost = 1 }: Waiting, value: T): Place<T> {
		const charged = Math.min(MAX_COST, Math.max(1, Math.round(cost)));
		const place: Place<T> = {
			...{ value, group, priority, cost: charged },
			...{ before: undefined, after: undefined, waiting: true },
		};
		const row = this.#rows.get(group);
		if (row === undefined) this.#openRow(group, place);
		else stand(row, place);
		this.#size++;
		return place;
	}

	/** Takes the next value whose group's turn it is. */
	serve(): T | undefined {
		let row = this.#turn;
		if (row === undefined) return undefined;
		// Each skip pays off what a value served before cost beyond its own turn.
		while (row.debt > 0 && row.right !== row) {
			row.debt--;
			row = row.right;
		}
		this.#turn = row.right;
		const place = row.lanes[0].first;
		row.debt = place.cost - 1;
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
		if (place.before !== undefined && place.after !== undefined) return;
		const lane = row.lanes.findIndex(({ priority }) => priority === place.priority);
		const found = row.lanes[lane];
		if (found === undefined) return;
		if (place.after !== undefined) found.first = place.after;
		else if (place.before !== undefined) found.last = place.before;
		else if (row.lanes.length === 1) this.#closeRow(row);
		else row.lanes.splice(lane, 1);
	}

	// Rows stand in a ring; a new one is served after all that wait already.
	#openRow(group: string, place: Place<T>): void {
		const lane = { priority: place.priority, first: place, last: place };
		const turn = this.#turn;
		const row = new Row(group, lane, turn);
		this.#rows.set(group, row);
		if (turn === undefined) this.#turn = row;
	}

	#closeRow(row: Row<T>): void {
		this.#rows.delete(row.group);
		if (row.right === row) this.#turn = undefined;
		else if (this.#turn === row) this.#turn = row.right;
		row.left.right = row.right;
		row.right.left = row.left;
	}
}

/** The places of one priority, in order of arrival. */
interface Lane<T> {
	readonly priority: number;
	first: Place<T>;
	last: Place<T>;
}

/** Row is what one group has in line; its lanes stand by falling priority and are never none. */
class Row<T> {
	readonly group: string;
	readonly lanes: [Lane<T>, ...Lane<T>[]];
	debt = 0;
	left: Row<T>;
	right: Row<T>;

	constructor(group: string, lane: Lane<T>, turn: Row<T> | undefined) {
		this.group = group;
		this.lanes = [lane];
		this.left = turn?.left ?? this;
		this.right = turn ?? this;
		this.left.right = this;
		this.right.left = this;
	}
}

function stand<T>(row: Row<T>, place: Place<T>): void {
	const { priority } = place;
	const at = row.lanes.findIndex((lane) => lane.priority <= priority);
	const lane = at === -1 ? undefined : row.lanes[at];
	if (lane?.priority !== priority) {
		row.lanes.splice(at === -1 ? row.lanes.length : at, 0, { priority, first: place, last: place });
		return;
	}
	place.before = lane.last;
	lane.last.after = place;
	lane.last = place;
}
