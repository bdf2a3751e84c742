import { taskStream } from '@errand/core/domain/ids.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import { type Spread, spreadOf } from '../figures.ts';
import { type BenchPlace, openBenchGateway } from './bench-gateway.ts';

/** Hops is how long single ways through a cluster take (ms), with nothing else under way. */
export interface Hops {
	/** From the gateway's decision to dispatch a step until its handler begins at a worker. */
	readonly start: Spread;
	/** From a handler's word until a subscriber in another process hears it. */
	readonly progress: Spread;
}

/** What a task does before: time for its follower to be there. */
const PAUSE_MS = 40;

/** measureHops measures them at a place whose workers are running, by the clock that all processes of a machine share. */
export async function measureHops(place: BenchPlace, capability: string, count: number): Promise<Hops> {
	const enqueued = new Map<string, bigint>();
	const gateway = await openBenchGateway(place, {
		onEnqueue: ({ taskId, capability: of }) => {
			if (of === capability) enqueued.set(taskId, process.hrtime.bigint());
		},
	});
	const starts: number[] = [];
	const words: number[] = [];
	gateway.cluster.bus.subscribe('progress', ({ taskId, text }) => {
		const now = process.hrtime.bigint();
		const from = enqueued.get(taskId);
		if (text === undefined || from === undefined) return;
		const startedAt = BigInt(text);
		starts.push(milliseconds(startedAt - from));
		words.push(milliseconds(now - startedAt));
	});
	const plan = PlanStepsSchema.parse([
		{ id: 'pause', title: 'Pause', capability: 'test.wait', input: { ms: PAUSE_MS } },
		{ id: 'when', title: 'When', capability, input: { after: { $from: 'pause' } } },
	]);
	const turn = async () => {
		let attending: Promise<() => void> | undefined;
		await gateway.run(plan, (id) => {
			attending = gateway.cluster.bus.attend(taskStream(id));
		});
		(await attending)?.();
	};
	try {
		for (let n = 0; n < WARM_UP; n++) await turn();
		starts.length = 0;
		words.length = 0;
		for (let n = 0; n < count; n++) await turn();
		if (starts.length < count / 2) throw new Error(`Only ${starts.length} of ${count} words were heard.`);
		return { start: spreadOf(starts), progress: spreadOf(words) };
	} finally {
		await gateway.close();
	}
}

function milliseconds(nanoseconds: bigint): number {
	return Number(nanoseconds) / 1_000_000;
}

const WARM_UP = 10;
