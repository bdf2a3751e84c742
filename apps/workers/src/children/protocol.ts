import type { SentError } from '@errand/core/domain/sent-error.ts';
import type { RunScope, StepProgress } from '../runs/run-context.ts';
import type { ResourceOptions } from '../runs/run-resources.ts';
import type { OfferedServices, ServiceCall } from '../services/service-call.ts';
import type { HandlerModule } from '../tools/modules/module-capability.ts';

/** ChildInit is what a child is told on its command line. */
export interface ChildInit extends ResourceOptions {
	/** Address of the module that exports `catalogue`. */
	readonly catalogueUrl: string;
}

/**
 * ToChild is what the host tells a child. Inputs and outcomes travel as JSON text: with `advanced` serialization text is
 * copied as it is, which measured 2 to 4 times quicker for small jobs than sending objects, and no slower for large ones.
 */
export type ToChild =
	| {
			readonly kind: 'run';
			readonly capability: string;
			/** Where its handler stands, for one that is not in the catalogue. */
			readonly module?: HandlerModule | undefined;
			readonly scope: RunScope;
			readonly input: string;
			readonly services: OfferedServices;
	  }
	/** How call number `call` of the run ended, and before that the pieces of a model's reply. */
	| { readonly kind: 'answered'; readonly call: number; readonly value: unknown }
	| { readonly kind: 'refused'; readonly call: number; readonly error: SentError }
	| { readonly kind: 'piece'; readonly call: number; readonly text: string }
	| { readonly kind: 'restarted'; readonly call: number }
	| { readonly kind: 'abort' };

/** FromChild is what a child tells its host; it runs one job at a time, so no message needs to name one. */
export type FromChild =
	| { readonly kind: 'ready' }
	| { readonly kind: 'progress'; readonly progress: StepProgress }
	| { readonly kind: 'call'; readonly call: number; readonly request: ServiceCall }
	| { readonly kind: 'ended'; readonly outcome: string };
