/** betaSample draws from Beta(a, b): a plausible success rate after `a` successes and `b` failures. */
export function betaSample(a: number, b: number, random: () => number): number {
	const [x, y] = [gammaSample(a, random), gammaSample(b, random)];
	return x + y === 0 ? a / (a + b) : x / (x + y);
}

/** normalSample draws from the standard normal distribution (Box and Muller). */
export function normalSample(random: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; shapes below 1 are boosted as they say. */
function gammaSample(shape: number, random: () => number): number {
	if (shape < 1) return gammaSample(shape + 1, random) * (1 - random()) ** (1 / shape);
	const d = shape - 1 / 3;
	const c = 1 / Math.sqrt(9 * d);
	// Nearly always the first or second draw is accepted; the bound keeps a broken source of chance from hanging the caller.
	for (let tries = 0; tries < 100; tries++) {
		const x = normalSample(random);
		const v = (1 + c * x) ** 3;
		if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
	}
	return shape;
}
