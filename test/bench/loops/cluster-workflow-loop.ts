import { openBenchGateway } from '../cluster/bench-gateway.ts';
import { benchWorkflow } from './bench-workflow.ts';
import { runsSaved } from './saved-workflows.ts';
import type { StepLoop } from './step-loop.ts';

/**
 * openLoop has saved workflows run by a gateway in this process, without HTTP; its workers are started by whoever measures.
 * Their steps say when they began by the clock that all processes of a machine share.
 */
export async function openLoop(
	databaseUrl: string,
	redisUrl: string,
	name: string,
	secretKey: string,
): Promise<StepLoop> {
	const gateway = await openBenchGateway({ databaseUrl, redisUrl, name, secretKey });
	const run = runsSaved(gateway.workflows, gateway.ended);
	let begins: ((at?: number) => void) | undefined;
	gateway.cluster.bus.subscribe('facts', ({ facts }) => {
		if (begins === undefined) return;
		const done = facts.find(({ type }) => type === 'StepCompleted');
		const startedAt = (done?.data['output'] as { readonly value?: { readonly startedAt?: string } } | undefined)?.value
			?.startedAt;
		if (startedAt === undefined) return;
		begins(performance.now() - Number(process.hrtime.bigint() - BigInt(startedAt)) / 1_000_000);
		begins = undefined;
	});
	return {
		async run(levels, begun) {
			begins = begun;
			// A step that tells when it began publishes progress, too; rates are of those that do nothing.
			await run(benchWorkflow(levels, begun === undefined ? 'test.noop' : 'test.when'));
		},
		close: () => gateway.close(),
	};
}
