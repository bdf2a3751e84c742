import { isCoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';

const LOOK_AGAIN_MS = 1_000;

/** whenThereIsRoom does something now, or as often as the disk was full again a second later: what is already known must not be lost. */
export async function whenThereIsRoom<T>(clock: IClock, action: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await action();
		} catch (error) {
			if (!isCoreError(error, 'disk-full')) throw error;
			await new Promise<void>((resolve) => clock.after(LOOK_AGAIN_MS, resolve));
		}
	}
}
