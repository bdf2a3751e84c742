/** FetchedJob is what BullMQ hands out of a job, as far as it is of use here. */
export interface FetchedJob {
	readonly data: string;
	readonly attemptsStarted: number;
}

/** isFetchedJob tells a job from what BullMQ answers where there is none. */
export function isFetchedJob(data: unknown): data is FetchedJob {
	return (
		typeof data === 'object' &&
		data !== null &&
		'data' in data &&
		typeof data.data === 'string' &&
		'attemptsStarted' in data &&
		typeof data.attemptsStarted === 'number'
	);
}
