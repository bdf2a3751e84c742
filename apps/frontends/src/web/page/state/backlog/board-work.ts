import type { OperationView, WorkUnderWay } from '@errand/core/orchestrator/desks/backlog.ts';
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { BacklogApi } from './backlog-api.ts';

/** BoardWork is what goes on in a backlog, and what came of it. */
export interface BoardWork {
	readonly now: ReadonlySignal<WorkUnderWay>;
	/** Operations that ended while somebody looked, the latest first. */
	readonly ended: ReadonlySignal<readonly OperationView[]>;
	refresh(): void;
	/** Tells what comes of an operation that was begun here, however soon it ends. */
	expect(id: string): void;
	/** Takes an ended operation out of sight. */
	dismiss(id: string): void;
	watch(): () => void;
}

const NOTHING: WorkUnderWay = { operations: [], runs: [], watches: [] };
/** Progress is asked for while there is any. */
const EVERY_MS = 1_500;

/** createBoardWork asks how operations go while there are some, and what came of those that ended. */
export function createBoardWork(api: Pick<BacklogApi, 'work' | 'operation'>): BoardWork {
	const now = signal<WorkUnderWay>(NOTHING);
	const over = signal<readonly OperationView[]>([]);
	const expected = new Set<string>();
	let asking = false;
	let again = false;
	const refresh = () => {
		if (asking) {
			again = true;
			return;
		}
		asking = true;
		void read()
			// A lost connection shows elsewhere.
			.catch(() => undefined)
			.finally(() => {
				asking = false;
				if (!again) return;
				again = false;
				refresh();
			});
	};
	const read = async () => {
		const asked = new Set([...now.peek().operations.map(({ operationId }) => operationId), ...expected]);
		const fresh = await api.work();
		for (const { operationId } of fresh.operations) asked.delete(operationId);
		const ends = await Promise.all([...asked].map((id) => api.operation(id)));
		for (const id of asked) expected.delete(id);
		batch(() => {
			now.value = fresh;
			if (ends.length > 0) over.value = [...ends, ...over.peek()].slice(0, 5);
		});
	};
	return {
		now,
		ended: over,
		refresh,
		expect: (id) => {
			expected.add(id);
			refresh();
		},
		dismiss: (id) => {
			over.value = over.peek().filter(({ operationId }) => operationId !== id);
		},
		watch: () => {
			const timer = setInterval(() => {
				if (now.peek().operations.length > 0 && document.visibilityState === 'visible') refresh();
			}, EVERY_MS);
			return () => clearInterval(timer);
		},
	};
}
