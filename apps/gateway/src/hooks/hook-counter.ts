import { Counter, type Registry } from 'prom-client';
import type { HookOutcome } from './inbound-hooks.ts';

/** hookCounter counts calls of hooks by what became of them. */
export function hookCounter(registry: Registry): (outcome: HookOutcome) => void {
	const calls = new Counter({
		name: 'errand_hook_calls_total',
		help: 'Calls of /hooks/<name>, by what became of them.',
		labelNames: ['outcome'],
		registers: [registry],
	});
	return (outcome) => calls.inc({ outcome });
}
