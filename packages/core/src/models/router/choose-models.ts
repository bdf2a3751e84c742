import type { Complexity } from '../../ports/language-model.ts';
import type { ModelHealth } from '../../ports/model-view.ts';
import { microUsdOf, type TokenPrice } from '../token-price.ts';
import { nameSuits } from './model-names.ts';
import type { ChatTier } from './purpose-demand.ts';
import type { RoutedModel } from './routed-model.ts';

/** Candidate is a model that could be asked, and how it stands. */
export interface Candidate extends Pick<RoutedModel, 'name' | 'provider' | 'tiers' | 'rank' | 'images'> {
	readonly price: TokenPrice | undefined;
	readonly contextTokens: number;
	/** Its server has not refused tools. */
	readonly tools: boolean;
	readonly health: ModelHealth;
	/** It is not to be asked before, ms since 1970. */
	readonly restsUntil?: number | undefined;
	/** How long a request would wait for its turn. */
	readonly waitMs: number;
	/** Median ms to the first word of late. */
	readonly firstMs?: number | undefined;
}

/** Demand is what one request needs of a model. */
export interface Demand {
	readonly complexity: Complexity;
	/** The tier that suits, then its neighbours. */
	readonly tiers: readonly ChatTier[];
	/** No other model will do. */
	readonly model?: string | undefined;
	/** No other provider will do. */
	readonly provider?: string | undefined;
	/** What the work was told to be done with, the best first: before the person's own choice. */
	readonly prefer?: readonly string[] | undefined;
	/** The person's model: before all others, as long as it can take the request. */
	readonly pin?: string | undefined;
	/** The operator's model for this purpose, before all but the pin. */
	readonly wish?: string | undefined;
	readonly inputTokens: number;
	/** At least as many as a server will count. */
	readonly mostInputTokens: number;
	readonly maxTokens: number;
	readonly images: boolean;
	readonly tools: boolean;
	/** What may be spent at most, all budgets together; Infinity for no bound. */
	readonly allowance: { readonly tokens: number; readonly microUsd: number };
}

/** ModelChoice is a model to ask, how long its reply may be within the budget, and why it. */
export interface ModelChoice {
	readonly name: string;
	readonly maxTokens: number;
	/** The most that it can cost. */
	readonly mostMicroUsd: number;
	readonly reason: string;
}

/** PassedOver says why a model is not asked. */
export interface PassedOver {
	readonly name: string;
	readonly why: 'not-named' | 'no-images' | 'no-tools' | 'too-small' | 'over-budget';
}

/**
 * chooseModels orders the models that a request may go to, the best first, the others to fall back on. A model that does not
 * fit is there only where none fits, and then only if no more than its bounds as they are told stand against it; one that
 * would cost more than is left is never there. Models that are down or long busy come last.
 */
export function chooseModels(
	demand: Demand,
	candidates: readonly Candidate[],
	now: number,
): { readonly choices: readonly ModelChoice[]; readonly passed: readonly PassedOver[] } {
	const passed: PassedOver[] = [];
	const pass = (why: PassedOver['why'], list: readonly Candidate[]) => {
		for (const { name } of list) passed.push({ name, why });
	};
	const chatting = candidates.filter(({ tiers }) => tiers.some((tier) => tier !== 'embedding'));
	const [named, others] = split(chatting, (candidate) => isNamed(demand, candidate));
	pass('not-named', others);
	const [seeing, blind] = split(named, ({ images }) => !demand.images || images);
	pass('no-images', blind);
	const [handy, plain] = split(seeing, ({ tools }) => !demand.tools || tools);
	const usable = handy.length > 0 ? handy : plain;
	if (handy.length > 0) pass('no-tools', plain);
	const needed = demand.inputTokens + demand.maxTokens;
	const [large, small] = split(usable, ({ contextTokens }) => contextTokens >= needed);
	const fitting = large.length > 0 ? large : largestOf(small);
	if (large.length > 0) pass('too-small', small);
	const offers: Offer[] = [];
	for (const candidate of fitting) {
		const bounds = affordable(demand, candidate.price);
		if (bounds === undefined) passed.push({ name: candidate.name, why: 'over-budget' });
		else offers.push(offerOf(demand, candidate, bounds, now));
	}
	offers.sort(compareOffers);
	return { choices: offers.map((offer, at) => choiceOf(demand, offer, { at, offers, passed })), passed };
}

/** A model with all that its place in the order hangs on. */
interface Offer {
	readonly candidate: Candidate;
	readonly maxTokens: number;
	readonly mostMicroUsd: number;
	/** Below 0: asked for first, 0: the person's, 1: the operator's for this purpose, 2: any. */
	readonly wanted: number;
	readonly isAway: boolean;
	/** About how long it is away; 0 where it is not. */
	readonly awayMs: number;
	readonly isTrimmed: boolean;
	readonly tier: number;
	/** Words come late: it is slow, or busy for a little while. */
	readonly isLate: boolean;
	readonly score: number;
}

/** A shorter reply is worth nothing. */
const MIN_REPLY_TOKENS = 64;
/** Longer replies than this are rare, whatever they may be at most. */
const USUAL_REPLY_TOKENS = 600;
/** What a second of waiting is worth, against money. */
const MICRO_USD_PER_SECOND = 100;
const USUAL_FIRST_MS = 1_000;
/** Any other model is better than such a wait. */
const LONG_WAIT_MS = 5_000;
/** As good a model is better than such a wait: about what a person notices, and as long as a first word takes anyway. */
const BRIEF_WAIT_MS = 1_000;
const LONGEST_AWAY_MS = 600_000;

function split<T>(list: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
	const yes: T[] = [];
	const no: T[] = [];
	for (const item of list) (holds(item) ? yes : no).push(item);
	return [yes, no];
}

function isNamed({ model, provider }: Demand, candidate: Candidate): boolean {
	if (provider !== undefined && candidate.provider !== provider) return false;
	return model === undefined || nameSuits(model, candidate.name);
}

/** Tokens are estimates: where none seems to hold the request, the servers that hold most may still take it. */
function largestOf(candidates: readonly Candidate[]): readonly Candidate[] {
	const most = Math.max(0, ...candidates.map(({ contextTokens }) => contextTokens));
	return candidates.filter(({ contextTokens }) => contextTokens === most);
}

/** How long a reply may be for what is left, and what it costs then at most; undefined where too little is left for any. */
function affordable(
	{ allowance, mostInputTokens, maxTokens }: Demand,
	price: TokenPrice | undefined,
): { maxTokens: number; mostMicroUsd: number } | undefined {
	const floor = Math.min(maxTokens, MIN_REPLY_TOKENS);
	const byTokens = Math.min(maxTokens, Math.floor(allowance.tokens - mostInputTokens));
	if (byTokens < floor) return undefined;
	// What costs nothing, or what nobody knows the price of, is bounded by its count alone.
	if (price === undefined || (price.input === 0 && price.output === 0)) {
		return price === undefined && allowance.microUsd <= 0 ? undefined : { maxTokens: byTokens, mostMicroUsd: 0 };
	}
	const costOf = (output: number) => microUsdOf({ input: mostInputTokens, cached: 0, output }, price);
	const forOutput = allowance.microUsd - costOf(0);
	const byMoney = price.output === 0 ? (forOutput >= 0 ? byTokens : -1) : Math.floor(forOutput / price.output);
	const tokens = Math.min(byTokens, byMoney);
	return tokens < floor ? undefined : { maxTokens: tokens, mostMicroUsd: costOf(tokens) };
}

function offerOf(
	demand: Demand,
	candidate: Candidate,
	bounds: { maxTokens: number; mostMicroUsd: number },
	now: number,
): Offer {
	const { name, health, restsUntil = 0, waitMs, firstMs = USUAL_FIRST_MS, price } = candidate;
	const isAway = health === 'down' || restsUntil > now || waitMs > LONG_WAIT_MS;
	const awayMs = health === 'down' ? LONGEST_AWAY_MS : Math.min(Math.max(restsUntil - now, waitMs), LONGEST_AWAY_MS);
	const tier = demand.tiers.findIndex((one) => candidate.tiers.includes(one));
	const output = Math.min(bounds.maxTokens, USUAL_REPLY_TOKENS);
	const cost = price === undefined ? 0 : microUsdOf({ input: demand.inputTokens, cached: 0, output }, price);
	return {
		candidate,
		...bounds,
		wanted: isAway ? 2 : wantedPlace(demand, name),
		isAway,
		awayMs: isAway ? awayMs : 0,
		isTrimmed: bounds.maxTokens < demand.maxTokens,
		tier: tier < 0 ? demand.tiers.length : tier,
		isLate: health === 'slow' || waitMs > BRIEF_WAIT_MS,
		score: cost + ((firstMs + waitMs) / 1_000) * MICRO_USD_PER_SECOND,
	};
}

function wantedPlace({ prefer = [], pin, wish }: Demand, name: string): number {
	const place = prefer.findIndex((wanted) => nameSuits(wanted, name));
	if (place >= 0) return place - prefer.length;
	return suits(pin, name) ? 0 : suits(wish, name) ? 1 : 2;
}

function suits(wanted: string | undefined, name: string): boolean {
	return wanted !== undefined && nameSuits(wanted, name);
}

function compareOffers(one: Offer, other: Offer): number {
	return (
		one.wanted - other.wanted ||
		Number(one.isAway) - Number(other.isAway) ||
		one.awayMs - other.awayMs ||
		Number(one.isTrimmed) - Number(other.isTrimmed) ||
		one.tier - other.tier ||
		Number(one.isLate) - Number(other.isLate) ||
		one.candidate.rank - other.candidate.rank ||
		one.score - other.score ||
		(one.candidate.name < other.candidate.name ? -1 : 1)
	);
}

interface Place {
	readonly at: number;
	readonly offers: readonly Offer[];
	readonly passed: readonly PassedOver[];
}

/** The reason has no numbers that change from call to call, so that calls with the same reason can be summed up. */
function choiceOf(demand: Demand, offer: Offer, place: Place): ModelChoice {
	const { maxTokens, mostMicroUsd, candidate } = offer;
	const reason = [why(demand, offer, place), ...refusals(demand, offer, place)].join('; ');
	return { name: candidate.name, maxTokens, mostMicroUsd, reason };
}

function why(demand: Demand, offer: Offer, place: Place): string {
	if (demand.model !== undefined) return 'asked for by name';
	const by = demand.provider === undefined ? '' : `, of ${demand.provider}, which was asked for`;
	if (offer.wanted < 0) return 'chosen for this work';
	if (offer.wanted === 0) return 'pinned by the person';
	if (offer.wanted === 1) return 'set for this purpose';
	const wanted = demand.tiers[0];
	const tier = demand.tiers[offer.tier];
	const size = tier === wanted ? `${tier} model` : `${tier} model in place of a ${wanted} one`;
	return `${demand.complexity} task, ${size}, ${distinction(offer, place)}${by}`;
}

/** What sets a model apart from the one behind it. */
function distinction(offer: Offer, { at, offers }: Place): string {
	if (offer.isAway) return 'though it was down or busy';
	const next = offers[at + 1];
	if (next === undefined) return offers.length === 1 ? 'the only one that can' : 'the last that can';
	if (next.isAway !== offer.isAway) return 'the one that is up';
	if (next.isTrimmed !== offer.isTrimmed) return 'within the budget';
	if (next.tier !== offer.tier) return 'the one of its size';
	if (next.isLate !== offer.isLate) return 'the one that is not slow or busy';
	if (next.candidate.rank !== offer.candidate.rank) return 'ranked first';
	return next.mostMicroUsd > offer.mostMicroUsd ? 'cheaper' : 'quicker';
}

/** Why it is not what the person or the operator wanted. */
function refusals(demand: Demand, offer: Offer, { offers, passed }: Place): string[] {
	const said: string[] = [];
	for (const [wanted, who] of [
		[demand.pin, 'pinned'],
		[demand.wish, 'set for this purpose'],
	] as const) {
		if (wanted === undefined || demand.model !== undefined || nameSuits(wanted, offer.candidate.name)) continue;
		if (offer.wanted < 0 || (who !== 'pinned' && offer.wanted === 0)) continue;
		const over = passed.find(({ name }) => nameSuits(wanted, name));
		const there = offers.find(({ candidate }) => nameSuits(wanted, candidate.name));
		if (over !== undefined) said.push(`${wanted} is ${who} but ${WHY[over.why]}`);
		else if (there === undefined) said.push(`${wanted} is ${who} but not configured`);
		else if (there.isAway) said.push(`${wanted} is ${who} but down or busy`);
	}
	return said;
}

const WHY: Readonly<Record<PassedOver['why'], string>> = {
	'not-named': 'another was asked for',
	'no-images': 'does not look at pictures',
	'no-tools': 'takes no tools',
	'too-small': 'holds too little for this',
	'over-budget': 'costs more than is left',
};
