import type { EndedRun } from '@errand/core/orchestrator/workflows/workflow-runs.ts';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Workflows that are told apart by their names; those of many people are not to fill the memory. */
const MAX_NAMES = 200;
const MAX_STEPS = 1_000;
const OTHER = 'other';
const BUCKETS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200];

/** workflowMetrics counts runs of workflows and times them and their steps. */
export function workflowMetrics(registry: Registry): (run: EndedRun) => void {
	const runs = new Counter({
		name: 'errand_workflow_runs_total',
		help: 'Runs of workflows, by how they ended.',
		labelNames: ['workflow', 'status'],
		registers: [registry],
	});
	const seconds = new Histogram({
		name: 'errand_workflow_run_seconds',
		help: 'Time from the submission of a run to its end.',
		labelNames: ['workflow'],
		buckets: BUCKETS,
		registers: [registry],
	});
	const stepSeconds = new Histogram({
		name: 'errand_workflow_step_seconds',
		help: 'Time that a step of a workflow took, its retries among it.',
		labelNames: ['workflow', 'step', 'outcome'],
		buckets: BUCKETS,
		registers: [registry],
	});
	const workflows = new Set<string>();
	const steps = new Set<string>();
	return (run) => {
		const workflow = bounded(workflows, run.workflow, MAX_NAMES) ? run.workflow : OTHER;
		runs.inc({ workflow, status: run.status });
		if (run.status !== 'cancelled') seconds.observe({ workflow }, run.ms / 1_000);
		for (const { id, failed, ms } of run.steps) {
			const step = bounded(steps, `${workflow}/${id}`, MAX_STEPS) ? id : OTHER;
			stepSeconds.observe({ workflow, step, outcome: failed ? 'failed' : 'done' }, ms / 1_000);
		}
	};
}

function bounded(known: Set<string>, name: string, max: number): boolean {
	if (known.size < max) known.add(name);
	return known.has(name);
}
