import { afterEach, expect, it } from 'vitest';
import { SystemClock } from '../adapters/in-process/system-clock.ts';
import type { IModelLedger } from '../ports/model-ledger.ts';
import { type Answer, fails, says, sends, startModelServer } from './fixture/model-server.ts';
import { BriefLedger, SILENT_LOG } from './fixture/played-models.ts';
import { type OpenedModels, openModels } from './open-models.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).toReversed()) await end();
});

/** A server that lists one model and answers requests for a reply like this. */
async function serve(answer: Answer) {
	const list = sends({ object: 'list', data: [{ id: 'm', object: 'model' }] });
	const server = await startModelServer((response, asked) =>
		(asked.path.endsWith('/models') ? list : answer)(response, asked),
	);
	ends.push(server.stop);
	return server;
}

async function open(change: Partial<Parameters<typeof openModels>[0]>): Promise<OpenedModels | undefined> {
	const opened = await openModels({
		variables: { OLLAMA_HOST: 'http://127.0.0.1:9' },
		...{ config: undefined, clock: new SystemClock(), log: SILENT_LOG, secrets: [] },
		ledger: new BriefLedger() as unknown as IModelLedger,
		pinOf: async () => undefined,
		onHealth: () => undefined,
		...change,
	});
	if (opened !== undefined) ends.push(opened.stop);
	return opened;
}

const hello = {
	purpose: 'plan',
	messages: [{ role: 'user' as const, text: 'Hello, sk-a-key-of-some-length-1!' }],
	maxTokens: 50,
};
const signal = new AbortController().signal;

it('puts the server of the environment behind the router, whose key no model is told', async () => {
	const server = await serve(says('Hi.'));
	const opened = await open({
		variables: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-a-key-of-some-length-1', OLLAMA_HOST: '' },
	});
	expect(await opened?.router.reply(hello, { signal })).toMatchObject({ text: 'Hi.', usage: { tokens: 15 } });
	expect(opened?.router.name).toBe('m');
	expect(opened?.router.views()).toMatchObject([{ name: 'server/m', health: 'up' }]);
	const body = server.asked.find(({ path }) => path.endsWith('/chat/completions'))?.body;
	expect(JSON.stringify(body)).toContain('Hello, [secret]!');
});

it('puts all models of a file behind it, and goes on to the next where one fails', async () => {
	const [broken, well] = [await serve(fails(500)), await serve(says('From the second.'))];
	const provider = (name: string, baseUrl: string) => ({
		name,
		kind: 'openai-compatible' as const,
		baseUrl,
		limits: {},
	});
	const opened = await open({
		config: {
			providers: [provider('one', broken.url), provider('two', well.url)],
			models: [
				{ name: 'one/m', tiers: ['middle'], price: { input: 1, output: 2 } },
				{ name: 'two/m', tiers: ['large'], price: { input: 3, output: 6 } },
			],
			...{ purposes: {}, budgets: {} },
		},
	});
	const { text, usage } = (await opened?.router.reply(hello, { signal })) ?? {};
	expect(text).toBe('From the second.');
	expect(usage?.models?.map(({ model }) => model)).toEqual(['one/m', 'two/m']);
	expect(usage?.microUsd).toBe(10 * 3 + 5 * 6);
});

it('says that there is none where nothing is configured and nothing found', async () => {
	expect(await open({})).toBeUndefined();
});
