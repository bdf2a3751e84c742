import type { TaskId } from '@errand/core/domain/ids.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import { OWNER } from '@errand/gateway/auth/authenticator.ts';
import type { BenchWorkflow } from './bench-workflow.ts';

/** runsSaved runs workflows as a person does: saved once under their name, found again and compiled for each run. */
export function runsSaved(
	desk: Pick<IWorkflowDesk, 'save' | 'run'>,
	ended: (task: TaskId) => Promise<void>,
): (workflow: BenchWorkflow) => Promise<void> {
	const saved = new Map<string, Promise<unknown>>();
	return async ({ name, text, input }) => {
		const known = saved.get(name) ?? desk.save(OWNER, text);
		saved.set(name, known);
		await known;
		const { id } = await desk.run(OWNER, { name, input });
		await ended(id);
	};
}
