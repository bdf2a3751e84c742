/** ZOOM_LIMITS are how small and how large a graph is drawn. */
export const ZOOM_LIMITS = { least: 0.2, most: 2 } as const;

const STOPS = [0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;
/** A wheel that counts lines or pages says less than one that counts pixels. */
const WHEEL_UNITS = [1, 16, 400] as const;

/** bounded is a scale within the limits. */
export function bounded(scale: number): number {
	return Math.min(ZOOM_LIMITS.most, Math.max(ZOOM_LIMITS.least, scale));
}

/** stopAfter is the next larger (1) or smaller (-1) scale that buttons and keys go to. */
export function stopAfter(scale: number, direction: 1 | -1): number {
	const further =
		direction === 1 ? STOPS.find((stop) => stop > scale + 0.01) : STOPS.findLast((stop) => stop < scale - 0.01);
	return further ?? bounded(scale);
}

/** byWheel is the scale after a turn of the wheel, which a pinch on a touch pad is told as, too. */
export function byWheel(scale: number, { deltaY, deltaMode }: Pick<WheelEvent, 'deltaY' | 'deltaMode'>): number {
	const pixels = Math.max(-200, Math.min(200, deltaY * (WHEEL_UNITS[deltaMode] ?? 1)));
	return bounded(scale * Math.exp(-pixels / 250));
}

interface Size {
	readonly width: number;
	readonly height: number;
}

/** fitting is the scale at which all of a graph is seen, never larger than it is; a height that is left out does not matter. */
export function fitting(graph: Size, room: { readonly width: number; readonly height?: number | undefined }): number {
	const high = room.height === undefined ? 1 : room.height / Math.max(1, graph.height);
	return bounded(Math.min(1, room.width / Math.max(1, graph.width), high));
}
