import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { PlanStep } from '@errand/core/domain/task/plan.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import { openMcpSource } from '@errand/workers/tools/open-mcp-source.ts';
import { parseMcpServers } from '@errand/workers/tools/read-mcp-servers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANN, type InProcessErrand, startInProcess } from '../harness/in-process-errand.ts';
import { eventually, processesUnder } from '../harness/process-tree.ts';
import { freePort } from '../support/server-process.ts';

const PROGRAM = resolve(
	import.meta.dirname,
	'official/node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

describe.skipIf(!existsSync(PROGRAM))('the official everything server', () => {
	let errand: InProcessErrand;
	let web: ChildProcess;
	let url: string;

	beforeAll(async () => {
		const port = await freePort();
		url = `http://127.0.0.1:${port}/mcp`;
		await startWeb();
		const mcpServers = {
			jailed: { command: 'node', args: [PROGRAM, 'stdio'], env: { API_TOKEN: '${MCP_TOKEN}' } },
			web: { url },
		};
		errand = await startInProcess({
			catalogue: [],
			sources: async ({ dataDir, clock }) => {
				const given = { path: join(dataDir, 'mcp.json'), variables: { MCP_TOKEN: 'not-for-anybody' } };
				const servers = parseMcpServers(JSON.stringify({ mcpServers }), given);
				const log = { debug() {}, info() {}, warn() {}, error() {} };
				const source = await openMcpSource({ servers, dataDir, allowPrivateHosts: [], clock, log, refreshAfterMs: 0 });
				const has = (name: string) => source.capabilities().some((one) => one.name === name);
				// The last comes only once the server has heard what its client can do.
				const wanted = ['mcp.web.echo', 'mcp.jailed.trigger-elicitation-request'];
				await eventually(async () => wanted.every(has), {
					limitMs: 60_000,
					describe: async () => [...source.missing()],
				});
				return [source];
			},
		});
	});
	afterAll(async () => {
		await errand?.stop();
		web?.kill();
		await eventually(async () => (await servers()).length + (await keepers()).length === 0);
	});

	const startWeb = async () => {
		const env = { PORT: new URL(url).port };
		web = spawn(process.execPath, [PROGRAM, 'streamableHttp'], { env, stdio: 'ignore' });
		await eventually(async () => (await fetch(url).catch(() => undefined)) !== undefined);
	};
	const plan = (steps: Record<string, Record<string, unknown>>): readonly PlanStep[] =>
		PlanStepsSchema.parse(Object.entries(steps).map(([id, step]) => ({ id, title: id, ...step })));
	const submit = async (steps: Record<string, Record<string, unknown>>) =>
		(await errand.orchestrator.tasks.submit(ANN, { goal: 'Do it', plan: plan(steps) })).id;
	const ended = ({ status }: { status: string }) => ['done', 'failed', 'cancelled'].includes(status);
	const outputs = async (id: Awaited<ReturnType<typeof submit>>) => {
		const facts = await errand.orchestrator.tasks.facts(ANN, id, 0);
		return JSON.stringify(facts);
	};
	const servers = async () =>
		(await processesUnder(process.pid)).filter(
			({ command, isZombie }) =>
				command.includes(PROGRAM) && command.includes('stdio') && !command.includes('bwrap') && !isZombie,
		);

	const keepers = async () =>
		(await processesUnder(process.pid)).filter(
			({ command, isZombie }) => /tools\/mcp\/keeper\/main/.test(command) && !isZombie,
		);

	it('serves the steps of a task, in a jail and over HTTP, and goes with the task', async () => {
		const before = new Set((await servers()).map(({ pid }) => pid));
		const progress: number[] = [];
		const unsubscribe = errand.ports.bus.subscribe('progress', ({ percent }) => progress.push(percent ?? 0));
		const id = await submit({
			echo: { capability: 'mcp.jailed.echo', input: { message: 'from a step' } },
			sum: { capability: 'mcp.jailed.get-sum', input: { a: 40, b: 2 } },
			weather: { capability: 'mcp.jailed.get-structured-content', input: { location: 'Chicago' } },
			image: { capability: 'mcp.jailed.get-tiny-image', input: {} },
			long: { capability: 'mcp.jailed.trigger-long-running-operation', input: { duration: 0.8, steps: 4 } },
			env: { capability: 'mcp.jailed.get-env', input: {} },
			again: { capability: 'mcp.web.echo', input: { message: { $from: 'weather.structured.conditions' } } },
		});
		await eventually(async () => progress.length > 0);
		const own = (await servers()).map(({ pid }) => pid).filter((pid) => !before.has(pid));
		expect(own.length).toBeGreaterThan(0);
		const view = await errand.until(ANN, id, ended);
		unsubscribe();
		expect(view).toMatchObject({ status: 'done' });
		const said = await outputs(id);
		for (const words of [
			'Echo: from a step',
			'The sum of 40 and 2 is 42',
			'Long running operation completed',
			'[secret]',
		]) {
			expect(said).toContain(words);
		}
		expect(said).toContain('Echo: Light rain / drizzle');
		expect(said).toContain('image-1.png');
		expect(said).toContain('mcp:jailed');
		expect(said).not.toContain('not-for-anybody');
		expect(progress.some((percent) => percent > 0 && percent < 100)).toBe(true);
		await eventually(async () => (await servers()).every(({ pid }) => !own.includes(pid)));
	});

	it('is started anew when it is killed in the middle of a step, which is tried again', async () => {
		const id = await submit({
			long: { capability: 'mcp.jailed.trigger-long-running-operation', input: { duration: 2.5, steps: 10 } },
			first: { capability: 'mcp.web.echo', input: { message: 'before' } },
			last: { capability: 'mcp.web.echo', input: { message: 'after' }, dependsOn: ['first', 'long'] },
		});
		let isUnderWay = false;
		const unsubscribe = errand.ports.bus.subscribe('progress', ({ taskId }) => {
			isUnderWay ||= taskId === id;
		});
		await eventually(async () => isUnderWay);
		unsubscribe();
		await errand.until(ANN, id, ({ plan: { steps } }) => steps.find((step) => step.id === 'first')?.status === 'done');
		for (const { pid } of await servers()) process.kill(pid, 'SIGKILL');
		web.kill('SIGKILL');
		await startWeb();
		const view = await errand.until(ANN, id, ended);
		expect(view).toMatchObject({
			status: 'done',
			plan: { steps: [{ attempts: 2 }, { attempts: 1 }, { attempts: 2 }] },
		});
	});

	it('is started anew with the process that speaks with it, when that is killed', async () => {
		const id = await submit({
			long: { capability: 'mcp.jailed.trigger-long-running-operation', input: { duration: 2, steps: 10 } },
		});
		let isUnderWay = false;
		const unsubscribe = errand.ports.bus.subscribe('progress', ({ taskId }) => {
			isUnderWay ||= taskId === id;
		});
		await eventually(async () => isUnderWay);
		unsubscribe();
		for (const { pid } of await keepers()) process.kill(pid, 'SIGKILL');
		expect(await errand.until(ANN, id, ended)).toMatchObject({ status: 'done', plan: { steps: [{ attempts: 2 }] } });
	});

	it('acts on the world at once for the person, and asks first when somebody else put words into it', async () => {
		const trusted = await submit({ toggle: { capability: 'mcp.jailed.toggle-simulated-logging', input: {} } });
		expect(await errand.until(ANN, trusted, ended)).toMatchObject({ status: 'done' });
		const tainted = await submit({
			echo: { capability: 'mcp.jailed.echo', input: { message: 'data:text/plain,x' } },
			zip: {
				capability: 'mcp.jailed.gzip-file-as-resource',
				input: { name: { $from: 'echo.text' }, data: 'data:text/plain,x', outputType: 'resource' },
			},
		});
		const waiting = await errand.until(ANN, tainted, ({ status }) => status === 'waiting');
		expect(waiting.questions).toMatchObject([{ kind: 'approval', stepId: 'zip' }]);
		await errand.orchestrator.tasks.cancel(ANN, tainted);
	});

	it('has its forms answered by the person', async () => {
		const id = await submit({ form: { capability: 'mcp.jailed.trigger-elicitation-request', input: {} } });
		const { questions } = await errand.until(ANN, id, ({ status }) => status === 'waiting');
		expect(questions[0]?.text).toContain('The MCP server "jailed" asks: “Please provide inputs');
		for (const { id: question, choices } of questions) {
			await errand.orchestrator.tasks.answer(ANN, id, asQuestionId(question), choices?.[0] ?? 'Ann Example');
		}
		expect(await errand.until(ANN, id, ended)).toMatchObject({ status: 'done' });
		expect(await outputs(id)).toContain('Ann Example');
	});
});
