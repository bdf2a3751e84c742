import { asPersonId } from '@errand/core/domain/ids.ts';
import type { IBacklogDesk } from '@errand/core/orchestrator/desks/backlog.ts';
import type { IModelLedger, ModelCall } from '@errand/core/ports/model-ledger.ts';
import type { ModelView } from '@errand/core/ports/model-view.ts';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { measuredBacklogs } from './measured-backlogs.ts';
import { ModelMetrics } from './model-metrics.ts';

it('counts calls, tokens and cost by model, and shows which one is down', async () => {
	const recorded: string[] = [];
	const metrics = new ModelMetrics();
	const ledger = metrics.counting({ record: ({ id }: ModelCall) => void recorded.push(id) } as unknown as IModelLedger);
	const call = {
		...{ at: 0, purpose: 'plan', complexity: 'simple' as const, provider: 'a', model: 'one', reason: '', ms: 1 },
		...{ inputTokens: 10, cachedTokens: 4, outputTokens: 2, microUsd: 7 },
	};
	ledger.record({ ...call, id: '1', outcome: 'ok' });
	ledger.record({ ...call, id: '2', outcome: 'failed' });
	expect(recorded).toEqual(['1', '2']);
	const view = { provider: 'a', tiers: [], contextTokens: 1, since: 0, running: 3, waiting: 2 };
	const views: ModelView[] = [{ ...view, name: 'a/one', health: 'down' }];
	const registry = new Registry();
	metrics.mount(registry, () => views);
	const shown = await registry.metrics();
	expect(shown).toContain('errand_model_calls_total{model="a/one",outcome="failed"} 1');
	expect(shown).toContain('errand_model_tokens_total{model="a/one",kind="cached"} 8');
	expect(shown).toContain('errand_model_cost_micro_usd_total{model="a/one"} 14');
	expect(shown).toContain('errand_model_down{model="a/one"} 1');
	expect(shown).toContain('errand_model_waiting{model="a/one"} 2');
});

it('times the calls of backlogs by kind and outcome', async () => {
	const registry = new Registry();
	const answers = [{ status: 'in_progress' }, { tasks: [] }];
	const call = async () => {
		const next = answers.shift();
		if (next === undefined) throw new Error('Broken.');
		return next;
	};
	const desk = measuredBacklogs({ call } as unknown as IBacklogDesk, registry);
	const owner = { person: asPersonId('owner'), role: 'owner' } as const;
	await desk.call(owner, { tool: 'expand_all', args: {} });
	await desk.call(owner, { tool: 'get_tasks', args: {} });
	await expect(desk.call(owner, { tool: 'nonsense', args: {} })).rejects.toThrow('Broken.');
	const shown = await registry.metrics();
	expect(shown).toContain('errand_backlog_call_seconds_count{kind="work",outcome="begun"} 1');
	expect(shown).toContain('errand_backlog_call_seconds_count{kind="read",outcome="ok"} 1');
	expect(shown).toContain('errand_backlog_call_seconds_count{kind="unknown",outcome="failed"} 1');
});
