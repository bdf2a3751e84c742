import type { Transformer } from 'grammy';

/** SendingSignal goes along with the calls of one delivery. */
export type SendingSignal = NonNullable<Parameters<Transformer>[3]>;

/** A signal is the only thing that a call carries through the client unchanged. */
const told = new WeakMap<object, () => Promise<void>>();

/** sendingSignal makes the signal for a delivery's calls: `sending` is called right before each of them leaves. */
export function sendingSignal(sending: () => Promise<void>): SendingSignal {
	const { signal } = new AbortController();
	told.set(signal, sending);
	// The library's type of a signal is an older one of the same kind.
	return signal as unknown as SendingSignal;
}

/** saySending lets a call leave once its delivery has heard of it; where that fails, nothing is sent. */
export const saySending: Transformer = async (call, method, payload, signal) => {
	if (signal !== undefined) await told.get(signal)?.();
	return call(method, payload, signal);
};
