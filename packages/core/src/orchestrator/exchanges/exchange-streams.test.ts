import { expect, it, onTestFinished } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { TaskView } from '../../domain/task/view.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { MemoryVault } from '../../testing/memory-vault.ts';
import type { Principal } from '../desks/desk.ts';
import { ExchangeStreams } from './exchange-streams.ts';

const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const TASK = asTaskId('t1');
const silent = { debug() {}, info() {}, warn() {}, error() {} };

it('tells addresses of somebody nothing while they are a guest', async () => {
	const clock = new FakeClock();
	const store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	let role: Principal['role'] = 'member';
	let status = 'running';
	let changed = () => {};
	const told: string[] = [];
	const streams = new ExchangeStreams({
		...{ store: store.events, index: store.index, snapshots: store.snapshots, clock, log: silent },
		...{ vault: new MemoryVault(), bus: new InProcessEventBus(silent), homes: new OnlyHome('test', store.events) },
		roleOf: async () => role,
		tasks: {
			view: async () => ({ id: TASK, status, questions: [], seq: 1 }) as unknown as TaskView,
			follow: async (_principal, _task, _after, { fact }) => {
				changed = () => fact({ type: 'StepStarted' } as never);
				return () => {};
			},
		},
		teller: {
			check: () => {},
			tell: async ({ view }) => {
				told.push(view.status);
				return { kind: 'delivered', status: 200 };
			},
		},
	});
	onTestFinished(() => {
		streams.stop();
		store.close();
	});
	const become = async (next: string) => {
		status = next;
		changed();
		for (let turn = 0; turn < 4; turn++) await clock.advance(0);
	};
	await streams.desk.begin(BOB, TASK, 'c1');
	await streams.desk.setPush(BOB, TASK, { id: 'p1', url: 'https://far.example' });
	await become('running');
	role = 'guest';
	await become('waiting');
	role = 'member';
	await become('running');
	expect(told).toEqual(['running', 'running']);
});
