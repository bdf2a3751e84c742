import { openBareLoop } from './bare-loop.ts';
import { type Figure, inFlight, median, oneByOne, timesOf } from './figures.ts';
import { openOurLoop } from './our-loop.ts';

const CHAIN = [1, 1, 1];
const FAN = [1, 10, 1];
const ROUNDS = 5;

/** benchChains runs durable no-op steps through the bare loop and through ours, in turns, so that both see the same machine. */
export async function benchChains(): Promise<Figure[]> {
	const loops = [
		{ name: 'bare loop', loop: openBareLoop(), chains: 6_000, fans: 1_500 },
		{ name: 'Errand, inline handler', loop: await openOurLoop('test.noop'), chains: 6_000, fans: 1_500 },
		{ name: 'Errand, handlers in children', loop: await openOurLoop('test.noop-in-child'), chains: 1_000, fans: 250 },
	];
	const rates = loops.map(() => ({ chain: [] as number[], fan: [] as number[] }));
	for (const { loop } of loops) await inFlight(1_000, 50, () => loop.run(CHAIN));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [index, { loop, chains, fans }] of loops.entries()) {
			rates[index]?.chain.push(await inFlight(chains, 50, () => loop.run(CHAIN)));
			rates[index]?.fan.push(await inFlight(fans, 50, () => loop.run(FAN)));
		}
	}
	const figures: Figure[] = [];
	for (const [index, { name, loop }] of loops.entries()) {
		const alone = timesOf(await oneByOne(500, () => loop.run(CHAIN)));
		const fanAlone = timesOf(await oneByOne(300, () => loop.run(FAN)));
		figures.push({ name: `chain of 3 · ${name}`, perSecond: median(rates[index]?.chain ?? []), ...alone });
		figures.push({ name: `1→10→1 · ${name}`, perSecond: median(rates[index]?.fan ?? []), ...fanAlone });
		await loop.close();
	}
	return figures;
}

if (import.meta.main) console.table(await benchChains());
