import type { StepFailure } from '../capability.ts';

/**
 * DeliveryFailure is why a reply did not go out: `permanent` (the platform will never take it), `retryable` (it surely did
 * not arrive), `unknown-outcome` (it may have arrived).
 */
export class DeliveryFailure extends Error {
	readonly failure: StepFailure;

	constructor(failure: StepFailure & { readonly kind: 'permanent' | 'retryable' | 'unknown-outcome' }) {
		super(failure.message);
		this.name = 'DeliveryFailure';
		this.failure = failure;
	}
}
