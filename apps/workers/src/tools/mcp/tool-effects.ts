import type { Effects } from '@errand/core/domain/capability.ts';

/** ToolHints are what a server says about a tool's effects. */
export interface ToolHints {
	readonly readOnlyHint?: boolean | undefined;
	readonly destructiveHint?: boolean | undefined;
	readonly idempotentHint?: boolean | undefined;
	readonly openWorldHint?: boolean | undefined;
}

/**
 * effectsOf takes a server's hints as the protocol means them: what is not said is the worst. A tool that only reads leaves
 * nothing behind; one that may be repeated, destroys nothing and stays within its own world may run unseen; any other acts on the world.
 */
export function effectsOf(hints: ToolHints): Effects {
	if (hints.readOnlyHint === true) return 'none';
	const isTame = hints.destructiveHint === false && hints.openWorldHint !== true;
	return hints.idempotentHint === true && isTame ? 'idempotent' : 'external';
}

/** addressFields names the texts of an input that are addresses by their name, for a tool that reads beyond its own world. */
export function addressFields(hints: ToolHints, properties: readonly string[]): readonly string[] {
	if (hints.readOnlyHint !== true || hints.openWorldHint === false) return [];
	return properties.filter((name) => /(?:^|_)(?:url|uri|href|link|address)s?$/i.test(name));
}
