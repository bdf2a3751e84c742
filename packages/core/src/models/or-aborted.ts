/** orAborted waits for work, but no longer than until it is called off, whatever the work itself waits for; rejects with the signal's reason then. */
export function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
	return new Promise((resolve, reject) => {
		const onAbort = () => reject(signal.reason);
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
	});
}
