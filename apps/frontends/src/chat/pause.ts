import type { IClock } from '@errand/core/ports/clock.ts';

/** pause waits, or less when it is called off. */
export function pause(clock: IClock, ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => {
		const end = () => {
			callOff();
			signal.removeEventListener('abort', end);
			resolve();
		};
		const callOff = clock.after(ms, end);
		signal.addEventListener('abort', end);
	});
}
