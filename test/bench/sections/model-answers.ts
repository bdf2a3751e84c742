import OpenAI from 'openai';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { inFlight, median, spreadOf } from '../figures.ts';
import { ms, rate, type Section, times } from '../section.ts';
import { openClient } from '../services/client.ts';
import { startTimed } from '../services/errand-server.ts';
import { startInstantModel } from '../services/instant-model.ts';

const ROUNDS = 3;
const ALONE = 200;
const TOGETHER = 800;
const AT_ONCE = 20;
const STREAMED = 40;
const question = { goal: 'What is the capital of France?' };

/** measureModelAnswers asks a quick question that an instant model answers, through Errand and without it. */
export async function measureModelAnswers(): Promise<Section> {
	const model = await startInstantModel();
	const { errand } = await startTimed({ env: { OPENAI_BASE_URL: model.url } });
	const client = openClient(errand);
	const bare = new OpenAI({ baseURL: model.url, apiKey: 'none' });
	const turn = () => client.turn(question);
	const ask = () => askBare(bare);
	try {
		await inFlight(300, AT_ONCE, turn);
		await inFlight(300, AT_ONCE, ask);
		const ours = { single: [] as number[], rates: [] as number[] };
		const without = { single: [] as number[], rates: [] as number[] };
		for (let round = 0; round < ROUNDS; round++) {
			for (const [run, figures] of [
				[ask, without],
				[turn, ours],
			] as const) {
				figures.single.push(...(await inFlight(ALONE, 1, run)).times);
				figures.rates.push((await inFlight(TOGETHER, AT_ONCE, run)).perSecond);
			}
		}
		const delays: number[] = [];
		for (let count = 0; count < STREAMED; count++) delays.push(await firstPieceDelay(errand, () => client));
		return report({ ours, without, delays });
	} finally {
		client.close();
		await errand.dispose();
		await model.stop();
	}
}

interface Figures {
	readonly single: readonly number[];
	readonly rates: readonly number[];
}

function report({ ours, without, delays }: { ours: Figures; without: Figures; delays: readonly number[] }): Section {
	const [our, bare, delay] = [spreadOf(ours.single), spreadOf(without.single), spreadOf(delays)];
	const [ourRate, bareRate] = [median(ours.rates), median(without.rates)];
	return {
		title: 'A question to an instant model',
		how: `The model is a server of its own that answers at once, as a stream. Bare: the \`openai\` client reads that stream. Errand: \`POST /v1/tasks\`, then \`GET /v1/tasks/:id\` until the answer is there, with all that planning sends to a model (the catalogue, about 15 KB). All on one machine. ${ROUNDS} interleaved rounds. First piece: from the model's write of it until an event stream of the task shows it, ${STREAMED} tasks.`,
		tables: [
			{
				columns: ['', 'p50 ms', 'p95', 'max', `answers/s, ${AT_ONCE} at once`],
				rows: [
					['openai client alone', ms(bare.p50), ms(bare.p95), ms(bare.max), rate(bareRate)],
					['Errand, durable', ms(our.p50), ms(our.p95), ms(our.max), rate(ourRate)],
					['ratio', times(our.p50 / bare.p50), times(our.p95 / bare.p95), '', times(ourRate / bareRate)],
					['first piece of the answer, after the model sent it', ms(delay.p50), ms(delay.p95), ms(delay.max), ''],
				],
			},
		],
		goals: [
			{ what: 'question → answer, p50', wanted: '≤ 10 ms', measured: `${ms(our.p50)} ms`, met: our.p50 <= 10 },
			{ what: 'answers a second, 20 at once', wanted: '≥ 200', measured: rate(ourRate), met: ourRate >= 200 },
			{
				what: 'first piece after the model’s, p50',
				wanted: '≤ 5 ms',
				measured: `${ms(delay.p50)} ms`,
				met: delay.p50 <= 5,
			},
		],
	};
}

async function askBare(client: OpenAI): Promise<string> {
	const messages = [{ role: 'user' as const, content: question.goal }];
	const stream = await client.chat.completions.create({ model: 'instant', messages, stream: true });
	let text = '';
	for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
	return text;
}

/** The model writes the time at which it sent its first piece into that piece. */
async function firstPieceDelay(errand: ErrandProcess, client: () => ReturnType<typeof openClient>): Promise<number> {
	const id = await client().submit({ goal: 'Tell me the time' });
	const response = await errand.call('GET', `/v1/tasks/${id}/events?after=0`, undefined, {
		Accept: 'text/event-stream',
	});
	let text = '';
	for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		const now = performance.timeOrigin + performance.now();
		text += part;
		const sent = /"partial":"It is (\d+\.\d+) now/.exec(text)?.[1];
		if (sent !== undefined) return now - Number(sent);
		if (text.includes('TaskCompleted')) break;
	}
	throw new Error(`The answer was not streamed: ${text.slice(0, 500)}`);
}

if (import.meta.main) console.dir(await measureModelAnswers(), { depth: null });
