import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endsWithUs } from '../services/ends-with-us.ts';
import { type BenchServers, startBenchCluster } from './bench-cluster.ts';

/** ReadySteps is what holding many ready steps takes at a gateway, and how quickly they go once there is a worker. */
export interface ReadySteps {
	readonly steps: number;
	readonly bytesAStep: number;
	readonly enqueuedPerSecond: number;
	readonly releasedPerSecond: number;
	/** The longest that the gateway did not get to anything else meanwhile. */
	readonly slowestTurnMs: number;
}

/** measureReadySteps hands so many steps to a gateway without workers, and then has one worker take some of them. */
export async function measureReadySteps(servers: BenchServers, steps: number, released: number): Promise<ReadySteps> {
	const place = await servers.newPlace();
	const main = join(import.meta.dirname, 'ready-steps-main.ts');
	const child = fork(main, [JSON.stringify(place), String(steps), String(released)], {
		execArgv: ['--expose-gc', '--max-old-space-size=6000'],
	});
	endsWithUs(child);
	const died = once(child, 'exit').then(([code]) => {
		throw new Error(`The gateway with the ready steps exited with ${code} under way.`);
	});
	// Heard by whoever waits for a message; at the end nobody does.
	died.catch(() => {});
	const heard = () => Promise.race([once(child, 'message'), died]);
	try {
		const [held] = (await heard()) as [{ perStep: number; enqueuedPerSecond: number }];
		const workerArgs = ['--capabilities', 'test.noop'];
		const worker = await startBenchCluster(place, { gateways: 0, workers: 1, workerArgs });
		child.send('go');
		const [gone] = (await heard()) as [{ releasedPerSecond: number; slowestTurnMs: number }];
		await worker.killAll();
		await worker.dispose();
		return { steps, bytesAStep: held.perStep, enqueuedPerSecond: held.enqueuedPerSecond, ...gone };
	} finally {
		child.kill('SIGKILL');
	}
}
