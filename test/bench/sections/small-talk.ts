import { inFlight, median, spreadOf } from '../figures.ts';
import { ms, rate, type Section } from '../section.ts';
import { openClient } from '../services/client.ts';
import { startTimed } from '../services/errand-server.ts';

const ROUNDS = 3;
const ALONE = 300;
const TOGETHER = 1_500;
const AT_ONCE = 20;
const hello = { goal: 'hello' };

/** measureSmallTalk says hello over HTTP until it is answered. */
export async function measureSmallTalk(): Promise<Section> {
	const { errand } = await startTimed({});
	const client = openClient(errand);
	try {
		await inFlight(1_000, AT_ONCE, () => client.turn(hello));
		const single: number[] = [];
		const rates: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			single.push(...(await inFlight(ALONE, 1, () => client.turn(hello))).times);
			rates.push((await inFlight(TOGETHER, AT_ONCE, () => client.turn(hello))).perSecond);
		}
		const { p50, p95, max } = spreadOf(single);
		const perSecond = median(rates);
		return {
			title: 'Small talk over HTTP',
			how: `A turn is \`POST /v1/tasks {"goal": "hello"}\` and \`GET /v1/tasks/:id\` until the answer is there; it is there at the first or second look, so looking again at once distorts less than opening an event stream for each turn. Client and server share the machine. ${ROUNDS} rounds.`,
			tables: [
				{
					columns: ['', 'p50 ms', 'p95', 'max', `turns/s, ${AT_ONCE} at once`],
					rows: [
						['Errand', ms(p50), ms(p95), ms(max), rate(perSecond)],
						[
							'OpenClaw 2026.9.6 with an instant model (measured before, on the same kind of machine)',
							'147–224',
							'',
							'',
							'4–7',
						],
					],
				},
			],
			goals: [
				{ what: 'hello → answer, p50', wanted: '≤ 10 ms', measured: `${ms(p50)} ms`, met: p50 <= 10 },
				{ what: 'turns a second, 20 at once', wanted: '≥ 300', measured: rate(perSecond), met: perSecond >= 300 },
			],
		};
	} finally {
		client.close();
		await errand.dispose();
	}
}

if (import.meta.main) console.dir(await measureSmallTalk(), { depth: null });
