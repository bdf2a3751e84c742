import { DBOS } from '@dbos-inc/dbos-sdk';
import type { StepLoop } from '../loops/step-loop.ts';

let begins: ((at?: number) => void) | undefined;
const noop = () => {
	begins?.();
	begins = undefined;
	return Promise.resolve({ ok: true });
};

async function graph(levels: readonly number[]): Promise<void> {
	for (const [level, width] of levels.entries()) {
		await Promise.all(Array.from({ length: width }, (_, index) => DBOS.runStep(noop, { name: `${level}-${index}` })));
	}
}

/** openLoop opens DBOS on a PostgreSQL: a graph is a workflow started in this process, a step a checkpoint. */
export async function openLoop(url: string): Promise<StepLoop> {
	const workflow = DBOS.registerWorkflow(graph, { name: 'graph' });
	DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, systemDatabasePoolSize: 20, logLevel: 'error' });
	await DBOS.launch();
	return {
		async run(levels, begun) {
			begins = begun;
			await workflow(levels);
		},
		close: () => DBOS.shutdown(),
	};
}
