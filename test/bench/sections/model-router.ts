import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { SqliteModelLedger } from '@errand/core/adapters/sqlite/sqlite-model-ledger.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { OpenAiModel } from '@errand/core/models/openai/openai-model.ts';
import { ModelRouter } from '@errand/core/models/router/model-router.ts';
import type { RoutedModel } from '@errand/core/models/router/routed-model.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import OpenAI from 'openai';
import { inFlight, median, spreadOf } from '../figures.ts';
import { ms, rate, type Section } from '../section.ts';
import { startInstantModel } from '../services/instant-model.ts';

const ROUNDS = 10;
const ALONE = 200;
const TOGETHER = 400;
const AT_ONCE = 20;
const MODELS = 12;
const question = 'What is the capital of France?';
const request: ModelRequest = {
	purpose: 'plan',
	caller: { person: asPersonId('ann'), taskId: asTaskId('t') },
	allowance: { tokens: 1e9, microUsd: 1e12 },
	messages: [{ role: 'user', text: question }],
	maxTokens: 100,
};
const log: ILogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const options = { signal: new AbortController().signal, onText: () => {} };

/** measureModelRouter asks an instant model through the router, through its model alone, and with what others use. */
export async function measureModelRouter(): Promise<Section> {
	const server = await startInstantModel();
	const clock = new SystemClock();
	const ledger = new SqliteModelLedger({ path: ':memory:', clock, log });
	const model = new OpenAiModel({ baseUrl: server.url, model: { id: 'instant' }, clock, bounds: { routed: true } });
	const instant = routerOf([routedModel(0, instantReply())], { clock, ledger });
	const router = routerOf(
		Array.from({ length: MODELS }, (_, at) => routedModel(at, model)),
		{ clock, ledger },
	);
	const client = new OpenAI({ baseURL: server.url, apiKey: 'none' });
	const subjects: readonly Subject[] = [
		{ name: 'openai client alone', ask: () => askBare(client) },
		{ name: 'Errand’s model behind it, no router', ask: () => model.reply(request, options) },
		{ name: `Errand’s router, ${MODELS} models, ledger and budgets`, ask: () => router.reply(request, options) },
		...(await peers(server.url)),
	];
	const figures = subjects.map((subject) => ({ ...subject, single: [] as number[], rates: [] as number[] }));
	const [alone, bare, routed]: [number[], number[], number[]] = [[], [], []];
	try {
		for (const { ask } of figures) await inFlight(300, AT_ONCE, ask);
		for (let round = 0; round < ROUNDS; round++) {
			for (const one of round % 2 === 0 ? figures : figures.toReversed()) {
				one.single.push(...(await inFlight(ALONE, 1, one.ask)).times);
				one.rates.push((await inFlight(TOGETHER, AT_ONCE, one.ask)).perSecond);
			}
			alone.push(...(await inFlight(1_000, 1, () => instant.reply(request, options))).times);
			// Call by call in turn, so that what else the machine does falls on both alike.
			for (let pair = 0; pair < ALONE; pair++) {
				bare.push(...(await inFlight(1, 1, () => model.reply(request, options))).times);
				routed.push(...(await inFlight(1, 1, () => router.reply(request, options))).times);
			}
		}
		return report(figures, { alone, overhead: median(routed) - median(bare) });
	} finally {
		await ledger.close();
		await server.stop();
	}
}

interface Subject {
	readonly name: string;
	readonly ask: () => Promise<unknown>;
}

interface Figures extends Subject {
	readonly single: readonly number[];
	readonly rates: readonly number[];
}

function report(
	figures: readonly Figures[],
	{ alone, overhead }: { alone: readonly number[]; overhead: number },
): Section {
	const rows = figures.map(({ name, single, rates }) => {
		const { p50, p95, max } = spreadOf(single);
		return [name, ms(p50), ms(p95), ms(max), rate(median(rates))];
	});
	const own = spreadOf(alone);
	return {
		title: 'A call through the model router',
		how: `The model is a server of its own that answers at once, as a stream; everything else is one process. The router chooses among ${MODELS} models, with a day’s budget, a budget for each person and every call in the ledger. ${ROUNDS} interleaved rounds of ${ALONE} calls one after the other and ${TOGETHER} with ${AT_ONCE} at once; all libraries stream and read the count of tokens. The last row is the router’s own time, around a model that answers within the process.`,
		tables: [
			{
				columns: ['', 'p50 ms', 'p95', 'max', `calls/s, ${AT_ONCE} at once`],
				rows: [...rows, ['the router by itself', fine(own.p50), fine(own.p95), ms(own.max), '']],
			},
		],
		goals: [
			{
				what: 'overhead of the router for a call, p50, by itself',
				wanted: '≤ 0.2 ms',
				measured: `${fine(own.p50)} ms`,
				met: own.p50 <= 0.2,
			},
			{
				what: 'the same over a real line: the medians of calls with and without it in turn apart',
				wanted: '≤ 0.2 ms',
				measured: `${fine(overhead)} ms`,
				met: overhead <= 0.2,
			},
		],
	};
}

function fine(time: number): string {
	return time.toFixed(3);
}

function routerOf(
	models: readonly RoutedModel[],
	{ clock, ledger }: { clock: SystemClock; ledger: SqliteModelLedger },
): ModelRouter {
	const config = { budgets: { perDayUsd: 1e6, perPersonDayUsd: 1e5 } };
	const pinOf = async () => undefined;
	return new ModelRouter({
		models,
		config,
		ledger,
		clock,
		log,
		pinOf,
		onHealth: () => {},
		secrets: ['sk-not-there-1'],
	});
}

function routedModel(at: number, model: RoutedModel['model']): RoutedModel {
	const tiers = [(['small', 'middle', 'large'] as const)[at % 3] ?? 'middle', 'middle'] as const;
	const provider = `p${at % 4}`;
	const limits = { concurrency: 64, requestsPerMinute: 1_000_000, tokensPerMinute: 1e12 };
	const price = { input: 1 + at, output: 2 };
	const name = `${provider}/m${at}`;
	return { name, provider, limits, tiers, rank: at, price, images: false, model, probe: async () => {} };
}

function instantReply(): RoutedModel['model'] {
	const reply = {
		...{ text: 'Paris is the capital.', toolCalls: [], finish: 'stop' as const, model: 'instant' },
		usage: { tokens: 104, microUsd: 108 },
	};
	return { name: 'instant', contextTokens: 128_000, reply: async () => reply, embed: () => Promise.reject() };
}

async function peers(url: string): Promise<readonly Subject[]> {
	// Installed by the bench alone, so that no path to it may be followed by whoever checks types.
	const path = join(import.meta.dirname, '../peers/bare-models.ts');
	const { openPeerModels } = await import(path);
	return openPeerModels(url).map(({ name, ask }: { name: string; ask(text: string): Promise<string> }) => ({
		name,
		ask: () => ask(question),
	}));
}

async function askBare(client: OpenAI): Promise<string> {
	const messages = [{ role: 'user' as const, content: question }];
	const asked = { model: 'instant', messages, stream: true as const, stream_options: { include_usage: true } };
	let text = '';
	for await (const { choices } of await client.chat.completions.create(asked)) text += choices[0]?.delta.content ?? '';
	return text;
}

if (import.meta.main) console.dir(await measureModelRouter(), { depth: null });
