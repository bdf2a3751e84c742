/** packed puts as many neighbours together as fit one request; what is larger than that stands alone. */
export function packed<T>(items: readonly T[], sizeOf: (item: T) => number, room: number): T[][] {
	const groups: T[][] = [];
	let left = 0;
	for (const item of items) {
		const size = sizeOf(item);
		const group = groups.at(-1);
		if (group !== undefined && size <= left) {
			group.push(item);
			left -= size;
		} else {
			groups.push([item]);
			left = room - size;
		}
	}
	return groups;
}
