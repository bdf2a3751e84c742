import type { IClock } from '../ports/clock.ts';
import { cancelled } from './model-fault.ts';

/** pause lets time pass; it rejects with `cancelled` when that is called off. `name` says what is waited for. */
export function pause(
	waitMs: number,
	{ clock, signal, name }: { readonly clock: IClock; readonly signal: AbortSignal; readonly name: string },
): Promise<void> {
	if (signal.aborted) return Promise.reject(cancelled(name));
	return new Promise((resolve, reject) => {
		const onAbort = () => {
			stop();
			reject(cancelled(name));
		};
		const stop = clock.after(waitMs, () => {
			signal.removeEventListener('abort', onAbort);
			resolve();
		});
		signal.addEventListener('abort', onAbort, { once: true });
	});
}
