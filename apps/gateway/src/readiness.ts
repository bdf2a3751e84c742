import type { FrontendState } from '@errand/core/ports/frontend.ts';
import type { Readiness } from './http/schemas/system.ts';

/**
 * readinessOf says for each part whether it can do its work, and what to do where it cannot. A chat platform that is down is
 * shown, and does not keep the others from being served.
 */
export function readinessOf(parts: {
	readonly storeFull: boolean;
	/** What the history cannot reach. */
	readonly trouble?: { readonly message: string; readonly hint: string } | undefined;
	readonly frontends: ReadonlyMap<string, FrontendState>;
}): Readiness {
	const checks: Readiness['checks'] = { history: historyCheck(parts) };
	for (const [name, state] of parts.frontends) checks[name] = state;
	// What is out of reach is away from the other processes, too, or this one still keeps messages for it: none of them is better.
	return { ready: !parts.storeFull && (checks['web']?.status ?? 'ready') === 'ready', checks };
}

function historyCheck({ storeFull, trouble }: Parameters<typeof readinessOf>[0]): Readiness['checks'][string] {
	if (trouble !== undefined) return { status: 'degraded', ...trouble };
	if (!storeFull) return { status: 'ready' };
	return { status: 'degraded', message: 'The disk is full.', hint: 'Free some space in the data directory.' };
}
