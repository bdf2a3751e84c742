import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { workflowMetrics } from './workflow-metrics.ts';

it('counts runs of workflows and times their steps', async () => {
	const registry = new Registry();
	const measure = workflowMetrics(registry);
	const steps = [
		{ id: 'read', failed: false, ms: 40 },
		{ id: 'read', failed: true, ms: 2_000 },
	];
	measure({ workflow: 'offers', status: 'done', ms: 3_000, steps });
	measure({ workflow: 'offers', status: 'cancelled', ms: 9_000_000, steps: [] });
	const shown = await registry.metrics();
	expect(shown).toContain('errand_workflow_runs_total{workflow="offers",status="done"} 1');
	expect(shown).toContain('errand_workflow_runs_total{workflow="offers",status="cancelled"} 1');
	expect(shown).toContain('errand_workflow_run_seconds_count{workflow="offers"} 1');
	expect(shown).toContain('errand_workflow_step_seconds_sum{workflow="offers",step="read",outcome="failed"} 2');
});

it('tells no more workflows apart than it has room for', async () => {
	const registry = new Registry();
	const measure = workflowMetrics(registry);
	for (let n = 0; n < 300; n++) measure({ workflow: `w${n}`, status: 'done', ms: 1, steps: [] });
	expect(await registry.metrics()).toContain('errand_workflow_runs_total{workflow="other",status="done"} 100');
});
