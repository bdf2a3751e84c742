import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asQuestionId, type TaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { fails, says, sends } from '@errand/core/models/fixture/model-server.ts';
import { openRouted } from '@errand/core/models/fixture/routed-servers.ts';
import { compileWorkflow } from '@errand/core/planning/workflow/compile-workflow.ts';
import { agentCoordination } from '@errand/core/workflows/built-in/agent-coordination.ts';
import { embedding } from '@errand/core/workflows/built-in/embedding.ts';
import { llmRequest } from '@errand/core/workflows/built-in/llm-request.ts';
import { type AnyWorkflow, functionsOf, newestOf } from '@errand/core/workflows/code-workflow.ts';
import { eq, exists, orElse } from '@errand/core/workflows/conditions.ts';
import { defineWorkflow } from '@errand/core/workflows/define-workflow.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { wordReport } from '../../docs/examples/word-report.ts';
import { catalogue } from '../fixtures/workflows/catalogue.ts';
import { ANN, type InProcessErrand, startInProcess } from '../harness/in-process-errand.ts';

const CATALOGUE_URL = new URL('../fixtures/workflows/catalogue.ts', import.meta.url).href;
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const ended = ({ status }: TaskView) => ['done', 'failed', 'cancelled'].includes(status);
let errand: InProcessErrand;

async function begin({ definition }: AnyWorkflow, input: Json): Promise<TaskId> {
	const compiled = compileWorkflow(definition, { input, library: () => undefined });
	if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
	const planBy = `workflow:${definition.name}@${definition.version}`;
	return (await errand.orchestrator.tasks.submit(ANN, { goal: 'Run it', plan: compiled.steps, planBy })).id;
}

/** What the last step of a run gave. */
async function outputOf(id: TaskId): Promise<Json | undefined> {
	const task = await errand.until(ANN, id, ended);
	if (task.status !== 'done') throw new Error(JSON.stringify(task.error));
	return task.result?.output;
}

const run = async (workflow: AnyWorkflow, input: Json) => outputOf(await begin(workflow, input));

describe('workflows that ship with Errand', () => {
	let models: Awaited<ReturnType<typeof openRouted>>;

	beforeAll(async () => {
		models = await openRouted([
			{ name: 'home/small', answers: [says('small says hello')], tiers: ['small'] },
			{ name: 'home/large', answers: [says('large says hello')], tiers: ['large'] },
			{ name: 'cloud/middle', answers: [says('middle says hello'), fails(500)], tiers: ['middle'] },
			{
				name: 'cloud/vectors',
				answers: [sends({ data: [{ index: 0, embedding: [0.25, -1, 2] }], usage: { prompt_tokens: 4 } })],
				tiers: ['embedding'],
			},
		]);
		errand = await startInProcess({ catalogue, catalogueUrl: CATALOGUE_URL, model: models.router });
	});
	afterAll(async () => {
		await errand.stop();
		await models.stop();
	});

	it('ask the model that suits the kind of work, and tell tokens and cost', async () => {
		const request = { request_id: 'r-1', messages: [{ role: 'user', content: 'Hello?' }] };
		const simple = await run(llmRequest, { ...request, task_type: 'classifier', model: 'auto', provider: 'auto' });
		expect(simple).toEqual({
			request_id: 'r-1',
			response: 'small says hello',
			model: 'stand-in-1',
			tokens_used: 15,
			cost_cents: 0.002,
			timestamp: ISO,
		});
		expect(llmRequest.output.parse(simple)).toEqual(simple);
		const [complex, other, named, provided] = await Promise.all([
			run(llmRequest, { ...request, task_type: 'qa' }),
			run(llmRequest, { ...request, task_type: 'poetry' }),
			run(llmRequest, { ...request, task_type: 'parser', model: 'large' }),
			run(llmRequest, { ...request, task_type: 'architect', provider: 'home', model: 'small' }),
		]);
		expect(complex).toMatchObject({ response: 'large says hello' });
		expect(other).toMatchObject({ response: 'middle says hello' });
		expect(named).toMatchObject({ response: 'large says hello' });
		expect(provided).toMatchObject({ response: 'small says hello' });
	});

	it('say which model there is not', async () => {
		const request = { request_id: 'r', messages: [{ content: 'Hello?' }], task_type: 'qa', provider: 'elsewhere' };
		const task = await errand.until(ANN, await begin(llmRequest, request), ended);
		expect(task).toMatchObject({ status: 'failed', error: { code: 'model-refused' } });
		expect(task.error?.message).toContain('elsewhere');
		const unknown = await begin(embedding, { query_id: 'q', query: 'tea', model: 'no-such' });
		expect(await errand.until(ANN, unknown, ended)).toMatchObject({ error: { code: 'model-refused' } });
	});

	it('make a vector, and tell its dimension', async () => {
		const made = { query_id: 'q-1', embedding: [0.25, -1, 2], embedding_dim: 3, timestamp: ISO };
		expect(await run(embedding, { query_id: 'q-1', query: 'tea', model: 'auto' })).toEqual(made);
		expect(await run(embedding, { query_id: 'q-1', query: 'tea', model: 'vectors' })).toEqual(made);
		const empty = await errand.until(ANN, await begin(embedding, { query_id: 'q', query: ' ' }), ended);
		expect(empty).toMatchObject({ status: 'failed', error: { code: 'invalid-input' } });
	});

	it('deliver a message between agents, and acknowledge it', async () => {
		const message = {
			message_id: 'm-1',
			source_agent: 'ann',
			target_agent: 'bob',
			message_type: 'hello',
			payload: { n: 1 },
		};
		const { desk } = errand.orchestrator.agents;
		for (const name of ['ann', 'bob']) {
			await desk.register(ANN, { name, description: 'Somebody.', skills: [], topics: [], reach: { kind: 'pull' } });
		}
		expect(await run(agentCoordination, message)).toEqual({
			message_id: 'm-1',
			source_agent: 'ann',
			target_agent: 'bob',
			routed: true,
			timestamp: ISO,
		});
		const [delivery] = await desk.receive(ANN, 'bob', { max: 10, waitMs: 0 });
		expect(delivery?.message).toMatchObject({
			id: 'm-1',
			source: 'ann',
			target: 'bob',
			type: 'hello',
			payload: { n: 1 },
		});
		const wrong = await begin(agentCoordination, { ...message, target_agent: 'Bob Smith' });
		expect(await errand.until(ANN, wrong, ended)).toMatchObject({ error: { code: 'invalid-input' } });
		expect(await desk.receive(ANN, 'bob', { max: 10, waitMs: 0 })).toEqual([]);
	});

	it('are as the operator writes them, with functions that workers run in processes of their own', async () => {
		const report = await run(wordReport, { text: 'a rose is a rose is a rose', top: 2 });
		expect(wordReport.output.parse(report)).toEqual({
			title: '3 words',
			words: [
				{ word: 'a', times: 3 },
				{ word: 'rose', times: 3 },
			],
			long: null,
		});
		expect(await run(wordReport, { text: 'to be or not to be' })).toMatchObject({ long: ['TO', 'BE', 'OR'] });
	});
});

describe('a workflow that asks a language model', () => {
	it('says so at once where there is none', async () => {
		errand = await startInProcess({ catalogue });
		const asked = begin(llmRequest, { request_id: 'r', task_type: 'qa', messages: [{ content: 'Hello?' }] });
		await expect(asked).rejects.toMatchObject({
			code: 'model-unavailable',
			hint: expect.stringContaining('setup-model'),
		});
		await expect(begin(embedding, { query_id: 'q', query: 'tea' })).rejects.toMatchObject({
			code: 'model-unavailable',
		});
		await errand.stop();
	});
});

describe('a step that was left out, or failed where that is allowed', () => {
	it('gives null, which those who use it can ask for', async () => {
		const placement = 'inline';
		const perhaps = defineWorkflow({
			name: 'perhaps',
			input: z.object({ text: z.string() }),
			steps: (flow, { text }) => {
				const failed = flow.step('failed', {
					...{ placement, optional: true, retry: { attempts: 1 }, input: { text } },
					run: ({ text }): string => {
						throw new Error(text);
					},
				});
				const echo = flow.step('echo', { placement, input: { text }, run: ({ text }) => text });
				const skipped = flow.step('skipped', { placement, when: eq(echo, 'no'), input: {}, run: () => 'ran' });
				const done = flow.step('done', { placement, when: eq(echo, 'x'), input: {}, run: () => 'ran' });
				const chosen = flow.when(exists(skipped), () => 'there');
				return { failed: orElse(failed, 'failed'), skipped, chosen, done };
			},
		});
		errand = await startInProcess({
			catalogue: [...catalogue, ...functionsOf([perhaps])],
			catalogueUrl: CATALOGUE_URL,
		});
		const given = { failed: 'failed', skipped: null, chosen: null, done: 'ran' };
		expect(await run(perhaps, { text: 'x' })).toEqual(given);
		await errand.stop();
	});
});

describe('a workflow of which there is a new version', () => {
	const version = (version: number) =>
		defineWorkflow({
			name: 'greeting',
			version,
			input: z.object({ name: z.string() }),
			steps: (flow, { name }) => {
				const greeting = flow.step('greet', {
					placement: 'inline',
					input: { name },
					run: ({ name }) => `${version === 1 ? 'Hello' : 'Good day'}, ${name}`,
				});
				const mark = flow.ask('With which mark?');
				return flow.step('end', {
					placement: 'inline',
					input: { greeting, mark },
					run: ({ greeting, mark }) => ({ text: `${greeting}${mark} (version ${version})` }),
				});
			},
		});
	const [first, second] = [version(1), version(2)];
	let dataDir: string;
	beforeEach(async () => {
		dataDir = await mkdtemp(join(tmpdir(), 'errand-versions-'));
	});
	afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }));

	const start = async (...workflows: AnyWorkflow[]) => {
		errand = await startInProcess({ dataDir, catalogue: [...catalogue, ...functionsOf(workflows)] });
	};
	const asked = async (id: TaskId) => {
		const { questions } = await errand.until(ANN, id, ({ questions }) => questions.length > 0);
		return asQuestionId(questions[0]?.id ?? '');
	};
	const answer = async (id: TaskId) => {
		await errand.orchestrator.tasks.answer(ANN, id, await asked(id), '!');
		return await errand.until(ANN, id, ended);
	};

	it('ends its runs on the version they began with, and says which one is missing', async () => {
		await start(first);
		const [kept, lost] = [await begin(first, { name: 'Ann' }), await begin(first, { name: 'Bob' })];
		await Promise.all([asked(kept), asked(lost)]);
		await errand.stop();

		await start(first, second);
		const [newest] = newestOf([second, first]);
		const later = await begin(newest ?? first, { name: 'Cid' });
		expect((await answer(kept)).result?.text).toContain('Hello, Ann! (version 1)');
		expect((await answer(later)).result?.text).toContain('Good day, Cid! (version 2)');
		await errand.stop();

		await start(second);
		expect(await answer(lost)).toMatchObject({
			status: 'failed',
			error: { code: 'unknown-capability', hint: expect.stringContaining('version 1 of "greeting"') },
		});
		await errand.stop();
	});
});
