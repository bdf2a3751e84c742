import { betaSample, normalSample } from './samples.ts';
import { addTallies, NO_RUNS, type Tally } from './worker-stats.ts';

/** Belief is what is held true of one worker at one capability, after what was seen of it and of the others. */
export interface Belief {
	/** Parameters of the Beta distribution of its success rate. */
	readonly successes: number;
	readonly failures: number;
	/** Mean time of a run, how far single runs are from it, and by how many runs that is known. */
	readonly ms: number;
	readonly deviation: number;
	readonly runs: number;
	/** Mean cost of a run, as time: see `Exchange`. */
	readonly costMs: number;
}

/** Exchange says what money and a failed attempt count for, in time. */
export interface Exchange {
	/** Cost that is as bad as one second more. */
	readonly microUsdPerSecond: number;
	/** Wait before a failed attempt is tried again. */
	readonly retryWaitMs: number;
}

/**
 * The prior weighs as much as this many runs; it is what all workers together do, each counted with at most `HEARD` runs,
 * lest one that fails a thousand times a minute speaks for all.
 */
const PRIOR_RUNS = 2;
const HEARD = 10;
const UNSEEN = { rate: 0.9, ms: 1_000 };

/** beliefsOf turns tallies into beliefs: what little was seen of a worker is filled up with what is usual among them. */
export function beliefsOf(tallies: readonly Tally[], exchange: Exchange): Belief[] {
	const pooled = tallies.reduce((sum, tally) => addTallies(sum, atMost(tally, HEARD)), NO_RUNS);
	const runs = pooled.ok + pooled.failed;
	const usual = {
		rate: (pooled.ok + UNSEEN.rate * PRIOR_RUNS) / (runs + PRIOR_RUNS),
		ms: runs === 0 ? UNSEEN.ms : pooled.ms / runs,
		squares: runs === 0 ? 2 * UNSEEN.ms ** 2 : pooled.squares / runs,
		microUsd: runs === 0 ? 0 : pooled.microUsd / runs,
	};
	return tallies.map((tally) => {
		const seen = tally.ok + tally.failed + PRIOR_RUNS;
		const ms = Math.max(0.01, (tally.ms + usual.ms * PRIOR_RUNS) / seen);
		const squares = (tally.squares + usual.squares * PRIOR_RUNS) / seen;
		return {
			successes: tally.ok + usual.rate * PRIOR_RUNS,
			failures: tally.failed + (1 - usual.rate) * PRIOR_RUNS,
			ms,
			deviation: Math.sqrt(Math.max(squares - ms * ms, (0.1 * ms) ** 2)),
			runs: seen,
			costMs: ((tally.microUsd + usual.microUsd * PRIOR_RUNS) / seen / exchange.microUsdPerSecond) * 1_000,
		};
	});
}

/**
 * timeToSuccess is the expected time until a step has succeeded on a worker, its cost counted as time. With a success rate
 * p, a time m and a cost c for each attempt, and a wait w after each failure, attempts follow a geometric distribution:
 * 1/p of them, of which the last needs no wait, so (m + c)/p + w(1 - p)/p (Wald's equation).
 */
export function timeToSuccess(rate: number, ms: number, costMs: number, { retryWaitMs }: Exchange): number {
	const p = Math.max(rate, 0.001);
	return (ms + costMs + (1 - p) * retryWaitMs) / p;
}

/** meanTime is the time to success with what is believed most likely. */
export function meanTime(belief: Belief, exchange: Exchange): number {
	return timeToSuccess(rateOf(belief), belief.ms, belief.costMs, exchange);
}

/**
 * sampledTime draws a time to success that is plausible after what was seen (Thompson 1933): the success rate from its Beta
 * distribution, the mean time from the normal distribution of a mean. Whoever is little known gets tried now and then.
 * `slowdown` is how much longer runs take under the load there is.
 */
export function sampledTime(belief: Belief, exchange: Exchange, slowdown: number, random: () => number): number {
	const rate = betaSample(belief.successes, belief.failures, random);
	const ms = belief.ms + (belief.deviation / Math.sqrt(belief.runs)) * normalSample(random);
	return timeToSuccess(rate, Math.max(ms, belief.ms / 4) * slowdown, belief.costMs, exchange);
}

/** Runs without which a worker is not held against others. */
const ENOUGH = 5;
/** Standard deviations that are no longer chance; and how much better than by chance a job must fare with a good worker. */
const BEYOND_CHANCE = 3;
const WORTH_IT = 1.1;
/** Among equals the best quarter seems better than the rest by this many standard deviations, by luck alone. */
const QUARTILE = 0.67;

/**
 * differ tells whether workers differ by more than chance, and by enough that choosing among them gains something: a job that
 * falls to just anyone takes a tenth longer than with the best quarter. A few slow ones among a thousand are not worth giving
 * up the shared queue for; one that fails all the time is, among twenty. Chance is judged by the sum of the squares of how far each one's time to
 * success is from the middle, in standard deviations as they would be if all were equal (Cochran's Q, 1954), against the
 * chi-squared distribution it has then, so that it is as sound for three workers as for three hundred; or a single one far
 * off, which many would drown.
 */
export function differ(beliefs: readonly Belief[], exchange: Exchange): boolean {
	const known = beliefs.filter(({ runs }) => runs >= ENOUGH + PRIOR_RUNS);
	if (known.length < 2) return false;
	const rate = average(known.map(rateOf));
	const ms = average(known.map((belief) => belief.ms));
	const costMs = average(known.map((belief) => belief.costMs));
	const variance = average(known.map(({ deviation }) => deviation ** 2));
	// The slope of the time to success by the success rate, in units of 1/rate, as the one by the time of a run is.
	const byRate = (ms + costMs + exchange.retryWaitMs) / rate;
	const chances = known.map(({ runs }) => Math.sqrt((variance + byRate ** 2 * rate * (1 - rate)) / runs));
	const squares = known.map((belief, index) => {
		const off = belief.ms + belief.costMs - ms - costMs + byRate * (rate - rateOf(belief));
		return (off / (chances[index] ?? 1)) ** 2;
	});
	const times = known.map((belief) => meanTime(belief, exchange)).toSorted((one, other) => one - other);
	const luckiest = times[Math.floor((times.length - 1) / 4)] ?? 0;
	if (average(times) < WORTH_IT * (luckiest + (QUARTILE * average(chances)) / rate)) return false;
	const q = squares.reduce((sum, square) => sum + square, 0);
	return q > chiSquared(known.length - 1) || Math.max(...squares) > chiSquared(1) + 2 * Math.log(known.length);
}

/** What a chi-squared number exceeds by chance as rarely as a normal one does `BEYOND_CHANCE` (Wilson and Hilferty 1931). */
function chiSquared(freedom: number): number {
	const part = 2 / (9 * freedom);
	return freedom * (1 - part + BEYOND_CHANCE * Math.sqrt(part)) ** 3;
}

function rateOf({ successes, failures }: Belief): number {
	return successes / (successes + failures);
}

function average(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function atMost(tally: Tally, runs: number): Tally {
	const seen = tally.ok + tally.failed;
	if (seen <= runs) return tally;
	const share = runs / seen;
	const { ok, failed, ms, squares, microUsd } = tally;
	return {
		ok: ok * share,
		failed: failed * share,
		ms: ms * share,
		squares: squares * share,
		microUsd: microUsd * share,
	};
}
