import type { FrontendState } from '@errand/core/ports/frontend.ts';
import type { Readiness } from './http/schemas/system.ts';

/** readinessOf says for each part whether it can do its work, and what to do where it cannot. */
export function readinessOf(parts: {
	readonly storeFull: boolean;
	/** What the history cannot reach. */
	readonly trouble?: { readonly message: string; readonly hint: string } | undefined;
	readonly frontends: ReadonlyMap<string, FrontendState>;
}): Readiness {
	const checks: Readiness['checks'] = { history: historyCheck(parts) };
	for (const [name, state] of parts.frontends) checks[name] = state;
	return { ready: ESSENTIAL.every((name) => (checks[name] ?? READY).status === 'ready'), checks };
}

/** A chat platform that is down is shown, and does not keep the others from being served. */
const ESSENTIAL = ['history', 'web'] as const;
const READY = { status: 'ready' } as const;

function historyCheck({ storeFull, trouble }: Parameters<typeof readinessOf>[0]): Readiness['checks'][string] {
	if (trouble !== undefined) return { status: 'degraded', ...trouble };
	if (!storeFull) return { status: 'ready' };
	return { status: 'degraded', message: 'The disk is full.', hint: 'Free some space in the data directory.' };
}
