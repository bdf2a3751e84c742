import type { Embedded } from '@errand/core/infrastructure/open-embedded.ts';
import type { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import type { Workers } from '@errand/workers/open-workers.ts';

interface Parts {
	readonly orchestrator: Orchestrator;
	readonly workers: Workers;
	readonly ports: Embedded;
}

const DAY_MS = 86_400_000;

/** cleanUp removes what a crash left behind: workspaces of tasks that are over, files that no history came to speak of. */
export async function cleanUp({ orchestrator, workers, ports }: Parts): Promise<void> {
	const workspaces = await workers.sweep((task) => orchestrator.isOpen(task));
	// A file without a task came with a message, which is recorded right after it.
	const files = await ports.artifacts.collectOrphans(ports.clock.now() - DAY_MS, async (id, { task }) => {
		return task === undefined || (await orchestrator.refersTo(task, id));
	});
	if (workspaces + files > 0) ports.log.info('cleaned up', { workspaces, files });
}
