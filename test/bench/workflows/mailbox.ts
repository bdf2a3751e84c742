import { OWNER } from '@errand/gateway/auth/authenticator.ts';
import { inFlight, type Spread, spreadOf } from '../figures.ts';
import { openBenchErrand } from '../loops/bench-errand.ts';

/** MailboxFigures is what messages between agents take (ms), and how many a second there are. */
export interface MailboxFigures {
	readonly send: Spread;
	readonly sentPerSecond: number;
	/** Handed out and acknowledged, a hundred at a time. */
	readonly takenPerSecond: number;
	/** A message until its target, which waits for one, has it. */
	readonly way: Spread;
}

const AGENT = { description: 'An agent of the bench.', skills: [], topics: [], reach: { kind: 'pull' } } as const;
const IN_FLIGHT = 50;
const AT_ONCE = 100;

/** measureMailbox sends that many messages from one agent to another in this process, and has them fetched. */
export async function measureMailbox(count: number): Promise<MailboxFigures> {
	const { orchestrator, close } = await openBenchErrand();
	const { desk } = orchestrator.agents;
	for (const name of ['sender', 'target']) await desk.register(OWNER, { ...AGENT, name });
	let sent = 0;
	const send = () =>
		desk.send(OWNER, {
			id: `m${sent++}`,
			source: 'sender',
			target: 'target',
			type: 'bench',
			payload: { number: sent },
		});
	const take = async (waitMs: number) => {
		const got = await desk.receive(OWNER, 'target', { max: AT_ONCE, waitMs });
		await desk.acknowledge(
			OWNER,
			'target',
			got.map(({ message }) => message.id),
		);
		return got.length;
	};
	const drain = async () => {
		const from = performance.now();
		let taken = 0;
		for (let got = await take(0); got > 0; got = await take(0)) taken += got;
		return (taken / (performance.now() - from)) * 1_000;
	};
	try {
		await inFlight(count / 4, IN_FLIGHT, send);
		await drain();
		const alone = await inFlight(count / 10, 1, send);
		await drain();
		const many = await inFlight(count, IN_FLIGHT, send);
		const takenPerSecond = await drain();
		const way = await inFlight(count / 20, 1, async () => {
			const waiting = take(5_000);
			await send();
			await waiting;
		});
		return {
			send: spreadOf(alone.times),
			sentPerSecond: many.perSecond,
			takenPerSecond,
			way: spreadOf(way.times),
		};
	} finally {
		await close();
	}
}

/** What messages take, as a program of its own tells it: `mailbox.ts <count>`. */
if (import.meta.main) process.stdout.write(JSON.stringify(await measureMailbox(Number(process.argv[2]))));
