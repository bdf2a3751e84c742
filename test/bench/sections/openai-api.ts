import { Agent, request } from 'node:http';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { inFlight, median, spreadOf } from '../figures.ts';
import { ms, rate, type Section } from '../section.ts';
import { openClient } from '../services/client.ts';
import { startTimed } from '../services/errand-server.ts';

const ROUNDS = 3;
const ALONE = 300;
const TOGETHER = 1_500;
const AT_ONCE = 20;

/** measureOpenAiApi says hello through OpenAI's chat completions, beside the same over the task API. */
export async function measureOpenAiApi(): Promise<Section> {
	const { errand } = await startTimed({});
	const tasks = openClient(errand);
	const chat = openChat(errand);
	const ways: Readonly<Record<string, () => Promise<unknown>>> = {
		'`POST /v1/tasks`, then `GET` until it is done': () => tasks.turn({ goal: 'hello' }),
		'chat completion, whole': () => chat.ask({ model: 'errand' }),
		'chat completion, streamed': () => chat.ask({ model: 'errand', stream: true }),
		'chat completion of `errand-quick`, whole': () => chat.ask({ model: 'errand-quick' }),
	};
	const rows: string[][] = [];
	let firstText = Number.POSITIVE_INFINITY;
	let streamed = 0;
	try {
		await inFlight(1_000, AT_ONCE, () => chat.ask({ model: 'errand' }));
		for (const [name, turn] of Object.entries(ways)) {
			const single: number[] = [];
			const rates: number[] = [];
			const firsts: number[] = [];
			for (let round = 0; round < ROUNDS; round++) {
				chat.firsts.length = 0;
				single.push(...(await inFlight(ALONE, 1, turn)).times);
				firsts.push(...chat.firsts);
				rates.push((await inFlight(TOGETHER, AT_ONCE, turn)).perSecond);
			}
			const { p50, p95, max } = spreadOf(single);
			const isStreamed = firsts.length > 0 && name.includes('streamed');
			if (isStreamed) [firstText, streamed] = [spreadOf(firsts).p50, median(rates)];
			const first = isStreamed ? ms(firstText) : '';
			rows.push([name, first, ms(p50), ms(p95), ms(max), rate(median(rates))]);
		}
	} finally {
		tasks.close();
		chat.close();
		await errand.dispose();
	}
	return {
		title: "Small talk through OpenAI's API",
		how: `Each turn is "hello", answered by rules, as a task with its history. The first text is the first piece with words in it. Connections are kept; client and server share the machine. ${ROUNDS} rounds of ${ALONE} turns one by one and ${TOGETHER} with ${AT_ONCE} at once.`,
		tables: [{ columns: ['', 'first text p50 ms', 'whole p50 ms', 'p95', 'max', `turns/s, ${AT_ONCE} at once`], rows }],
		goals: [
			{ what: 'hello → first text, p50', wanted: '≤ 10 ms', measured: `${ms(firstText)} ms`, met: firstText <= 10 },
			{ what: 'streams a second, 20 at once', wanted: '≥ 300', measured: rate(streamed), met: streamed >= 300 },
		],
	};
}

/** A client of chat completions that does as little as it can itself; `firsts` are the times to the first words of streams. */
function openChat({ url, token }: ErrandProcess) {
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	const { hostname, port } = new URL(url);
	const firsts: number[] = [];
	const ask = (options: object) =>
		new Promise<void>((resolve, reject) => {
			const body = JSON.stringify({ ...options, messages: [{ role: 'user', content: 'hello' }] });
			const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
			const from = performance.now();
			let isFirst = true;
			const asked = request(
				{ agent, hostname, port, method: 'POST', path: '/v1/chat/completions', headers },
				(response) => {
					let text = '';
					response.setEncoding('utf8');
					response.on('data', (chunk: string) => {
						text += chunk;
						if (!isFirst || !/"content":"[^"]/.test(chunk)) return;
						isFirst = false;
						firsts.push(performance.now() - from);
					});
					response.on('end', () => {
						if (response.statusCode === 200 && text.includes('Hello!')) resolve();
						else reject(new Error(`A chat completion answered ${response.statusCode}: ${text.slice(0, 500)}`));
					});
				},
			);
			asked.on('error', reject);
			asked.end(body);
		});
	return { ask, firsts, close: () => agent.destroy() };
}

if (import.meta.main) console.dir(await measureOpenAiApi(), { depth: null });
