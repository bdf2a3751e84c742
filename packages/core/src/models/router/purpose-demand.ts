import type { Complexity } from '../../ports/language-model.ts';
import type { ModelTier } from './routed-model.ts';

/** ChatTier is a tier whose models answer in words. */
export type ChatTier = Exclude<ModelTier, 'embedding'>;

/**
 * PURPOSES says how able a model must be for what: by the whole purpose, or by its beginning up to a dot. The longest that
 * holds counts; what is not named is `medium`.
 */
const PURPOSES: Readonly<Record<string, Complexity>> = {
	setup: 'simple',
	classify: 'simple',
	parse: 'simple',
	title: 'simple',
	memory: 'simple',
	'text.extract': 'simple',
	'web.links': 'simple',
	answer: 'medium',
	plan: 'medium',
	code: 'medium',
	text: 'medium',
	backlog: 'medium',
	model: 'medium',
	'text.analyze': 'complex',
	'backlog.research': 'complex',
	architecture: 'complex',
	review: 'complex',
};

/** complexityOf is how able a model a purpose needs. */
export function complexityOf(purpose: string): Complexity {
	return byPurpose(PURPOSES, purpose) ?? 'medium';
}

/** TIERS says which models suit, and which come next where those cannot. */
const TIERS: Readonly<Record<Complexity, readonly ChatTier[]>> = {
	simple: ['small', 'middle', 'large'],
	medium: ['middle', 'large', 'small'],
	complex: ['large', 'middle', 'small'],
};

/** tiersFor lists the tiers for a complexity, the one that suits first. */
export function tiersFor(complexity: Complexity): readonly ChatTier[] {
	return TIERS[complexity];
}

const COMPLEXITY_OF_TIER: Readonly<Record<string, Complexity>> = {
	small: 'simple',
	middle: 'medium',
	large: 'complex',
};

/** PurposeWish is what the operator set for a purpose: a tier, with its neighbours behind it, or a model by name. */
export interface PurposeWish {
	readonly tiers?: readonly ChatTier[] | undefined;
	readonly model?: string | undefined;
}

/** wishFor reads off what the operator set for a purpose or its beginning. */
export function wishFor(purpose: string, purposes: Readonly<Record<string, string>> | undefined): PurposeWish {
	const wish = purposes === undefined ? undefined : byPurpose(purposes, purpose);
	if (wish === undefined) return {};
	const complexity = Object.hasOwn(COMPLEXITY_OF_TIER, wish) ? COMPLEXITY_OF_TIER[wish] : undefined;
	return complexity === undefined ? { model: wish } : { tiers: TIERS[complexity] };
}

/** `text.compare` is looked up whole, then as `text`; a table may write the beginning as `text.*` or `text.`, too. */
function byPurpose<T>(table: Readonly<Record<string, T>>, purpose: string): T | undefined {
	for (let name = purpose, whole = true; ; whole = false) {
		for (const key of whole ? [name] : [`${name}.*`, `${name}.`, name]) {
			if (Object.hasOwn(table, key)) return table[key];
		}
		const dot = name.lastIndexOf('.');
		if (dot < 0) return undefined;
		name = name.slice(0, dot);
	}
}
