import { CHANGES, CLIENTS, changeAtOnce, type Kept } from '../backlog/concurrent-changes.ts';
import { PEER, peerProgram } from '../backlog/peer.ts';
import { writeTaskFile } from '../backlog/task-file.ts';
import { noTimes, TIMED_TOOLS, type TimedTool, timeTools } from '../backlog/timed-tools.ts';
import {
	errandProgram,
	openDesk,
	openHttp,
	openStdio,
	type StdioProgram,
	type ToolClient,
} from '../backlog/tool-client.ts';
import { spreadOf } from '../figures.ts';
import { type Goal, megabytes, ms, rate, type Section } from '../section.ts';
import { startTimed } from '../services/errand-server.ts';
import { treeMemory } from '../services/process-memory.ts';
import { temporaryFolder } from '../services/temporary-folder.ts';

const TASKS = 10_000;
const ROUNDS = 5;
const PEER_ROUNDS = 2;
/** Of the calls of a round the slow peer makes so many. */
const PEER_SHARE = 0.2;
const STARTS = 5;
/** So long one answer about the dense graph is waited for, ms. */
const DENSE_MS = 60_000;
const DENSE_CALLS = 10;

/** measureBacklog calls the tools of a backlog of ten thousand tasks, in the process and over MCP, beside task-master-ai. */
export async function measureBacklog(): Promise<Section> {
	const folders = Object.fromEntries(
		['desk', 'http', 'stdio', 'peer', 'dense'].map((name) => [name, temporaryFolder(`backlog-${name}`)]),
	);
	const at = (name: string) => folders[name]?.path ?? '';
	for (const name of Object.keys(folders)) writeTaskFile(at(name), { tasks: TASKS, dense: name === 'dense' });
	const peer = peerProgram();
	const { errand } = await startTimed({});
	const program = errandProgram(errand.dataDir);
	const clients: ToolClient[] = [];
	const opened = <Client extends ToolClient>(client: Client) => {
		clients.push(client);
		return client;
	};
	try {
		const starts = await startsOf({ Errand: program, [PEER]: peer }, at('desk'));
		const stdio = opened(await openStdio(program, at('stdio')));
		const other = opened(await openStdio(peer, at('peer')));
		const subjects = [
			{ name: 'Errand, in the process', client: opened(await openDesk(at('desk'))), times: noTimes() },
			{ name: 'Errand, MCP over HTTP', client: opened(await openHttp(errand, at('http'))), times: noTimes() },
			{ name: 'Errand, MCP over stdio', client: stdio, times: noTimes() },
			{ name: `${PEER}, MCP over stdio`, client: other, times: noTimes(), share: PEER_SHARE },
		];
		for (const { client, share } of subjects)
			await timeTools(client, noTimes(), { tasks: TASKS, round: 100, share: share ?? 1 });
		for (let round = 0; round < ROUNDS; round++) {
			for (const { client, times, share } of subjects) {
				if (share !== undefined && round >= PEER_ROUNDS) continue;
				await timeTools(client, times, { tasks: TASKS, round, share: share ?? 1 });
			}
		}
		const memory = {
			program: treeMemory(stdio.pid).bytes,
			server: treeMemory(errand.pid).bytes,
			peer: treeMemory(other.pid).bytes,
		};
		const dense = {
			desk: await timeDense(await openDesk(at('dense')), DENSE_CALLS),
			stdio: await timeDense(await openStdio(program, at('dense')), DENSE_CALLS),
			peer: await timeDense(await openStdio(peer, at('dense')), 1),
		};
		const kept = { errand: await changeAtOnce(program), peer: await changeAtOnce(peer) };
		return report({ starts, subjects, memory, dense, kept });
	} finally {
		await Promise.all(clients.map((client) => client.close()));
		await errand.dispose();
		for (const folder of Object.values(folders)) folder.remove();
	}
}

interface Start {
	readonly name: string;
	readonly times: number[];
	readonly bytes: number[];
}

async function startsOf(programs: Readonly<Record<string, StdioProgram>>, project: string): Promise<readonly Start[]> {
	const starts = Object.keys(programs).map((name): Start => ({ name, times: [], bytes: [] }));
	for (let turn = -1; turn < STARTS; turn++) {
		for (const { name, times, bytes } of starts) {
			const program = programs[name];
			if (program === undefined) continue;
			const { close, pid, readyMs } = await openStdio(program, project);
			// The first start fills caches.
			if (turn >= 0) {
				times.push(readyMs);
				bytes.push(treeMemory(pid).bytes);
			}
			await close();
		}
	}
	return starts;
}

/** Times of validate_dependencies after a change; undefined where no answer came in time. */
async function timeDense(client: ToolClient, count: number): Promise<readonly number[] | undefined> {
	const times: number[] = [];
	try {
		await client.call('next_task');
		for (let index = 0; index < count; index++) {
			await client.call('set_task_status', { id: String(TASKS - 20 - index), status: 'in-progress' });
			const from = performance.now();
			const answered = await client.call('validate_dependencies', {}, DENSE_MS).then(
				() => true,
				() => false,
			);
			if (!answered) return undefined;
			times.push(performance.now() - from);
		}
		return times;
	} finally {
		await client.close();
	}
}

interface Measured {
	readonly starts: readonly Start[];
	readonly subjects: readonly {
		readonly name: string;
		readonly times: Readonly<Record<TimedTool, readonly number[]>>;
	}[];
	readonly memory: { readonly program: number; readonly server: number; readonly peer: number };
	readonly dense: Readonly<Record<'desk' | 'stdio' | 'peer', readonly number[] | undefined>>;
	readonly kept: { readonly errand: Kept; readonly peer: Kept };
}

function report({ starts, subjects, memory, dense, kept }: Measured): Section {
	const [desk] = subjects;
	const half = (tool: TimedTool) => spreadOf(desk?.times[tool] ?? []).p50;
	const quick = (tool: TimedTool, limit: number): Goal => ({
		what: `${tool}, in the process, p50`,
		wanted: `≤ ${limit} ms`,
		measured: `${ms(half(tool))} ms`,
		met: half(tool) <= limit,
	});
	const denseP50 = spreadOf(dense.desk ?? []).p50;
	const [start] = starts;
	const startP50 = spreadOf(start?.times ?? []).p50;
	const idle = spreadOf(start?.bytes ?? []).p50;
	const memoryGoal = (what: string, bytes: number): Goal => ({
		...{ what, wanted: '≤ 120 MB', measured: megabytes(bytes), met: bytes <= 120_000_000 },
	});
	return {
		title: 'Backlogs over MCP',
		how: `A tasks.json of ${rate(TASKS)} tasks in chains of ten, half of them done, one project for each subject, ${ROUNDS} rounds in turn (the peer ${PEER_ROUNDS}, with fewer calls). Every change is on disk in the history before it is answered. In the process: the desk that MCP, REST and chat all go through. Over stdio: the program an editor starts, which passes calls to the one server over HTTP. “As much as it gives”: Errand answers one page, the peer all tasks at once. Dense: each task waits for twelve earlier ones, ${rate(119_000)} dependencies, and one task is changed before each call so that nothing is known already. Start: from the start of the process until \`tools/list\` is answered, ${STARTS} times. At once: ${CLIENTS} processes on one project of 200 tasks set ${CHANGES} tasks to done with all calls in flight, while the file is read every few milliseconds. The peer runs in its own stdio mode without a key; none of these tools needs a model.`,
		tables: [
			{
				columns: [`at ${rate(TASKS)} tasks, p50 ms (p95)`, ...subjects.map(({ name }) => name)],
				rows: (Object.keys(TIMED_TOOLS) as TimedTool[]).map((tool) => [
					tool,
					...subjects.map(({ times }) => spreadText(times[tool])),
				]),
			},
			{
				columns: ['validate_dependencies on the dense graph', 'p50 ms (p95)'],
				rows: [
					['Errand, in the process', spreadText(dense.desk)],
					['Errand, MCP over stdio', spreadText(dense.stdio)],
					[`${PEER}, MCP over stdio`, spreadText(dense.peer)],
				],
			},
			{
				columns: ['start to tools/list', 'p50 ms', 'max', 'memory then (PSS)'],
				rows: starts.map(({ name, times, bytes }) => {
					const { p50, max } = spreadOf(times);
					return [name, ms(p50), ms(max), megabytes(spreadOf(bytes).p50)];
				}),
			},
			{
				columns: ['memory after these calls', 'PSS'],
				rows: [
					['Errand: the program an editor starts, one for each editor', megabytes(memory.program)],
					[`Errand: the one server, with two projects of ${rate(TASKS)} tasks`, megabytes(memory.server)],
					[`${PEER}, one for each editor`, megabytes(memory.peer)],
				],
			},
			{
				columns: [
					`${CHANGES} changes by ${CLIENTS} clients at once`,
					'kept',
					'answered as done',
					'ms',
					'file not whole',
				],
				rows: [keptRow('Errand', kept.errand), keptRow(PEER, kept.peer)],
			},
		],
		goals: [
			quick('next_task', 2),
			quick('set_task_status', 2),
			quick('add_dependency', 2),
			quick('validate_dependencies, after a change', 20),
			{
				what: 'validate_dependencies on the dense graph, in the process, p50',
				...{ wanted: '≤ 20 ms', measured: `${ms(denseP50)} ms`, met: dense.desk !== undefined && denseP50 <= 20 },
			},
			{
				what: `${CHANGES} changes by ${CLIENTS} clients at once, kept, the file always whole`,
				...{ wanted: `${CHANGES}, 0`, measured: `${kept.errand.kept}, ${kept.errand.broken}` },
				met: kept.errand.kept === CHANGES && kept.errand.broken === 0,
			},
			{
				what: 'start to tools/list, p50',
				...{ wanted: '≤ 500 ms', measured: `${ms(startP50)} ms`, met: startP50 <= 500 },
			},
			memoryGoal('the program an editor starts, after tools/list', idle),
			memoryGoal('the same, after these calls', memory.program),
			memoryGoal(
				`program and server together, with two projects of ${rate(TASKS)} tasks`,
				memory.program + memory.server,
			),
		],
	};
}

function keptRow(name: string, { kept, answered, ms: took, broken, looks }: Kept): string[] {
	return [name, `${kept} of ${CHANGES}`, String(answered), ms(took), `${broken} of ${rate(looks)} looks`];
}

function spreadText(times: readonly number[] | undefined): string {
	if (times === undefined) return `none in ${DENSE_MS / 1_000} s`;
	const { p50, p95 } = spreadOf(times);
	return `${ms(p50)} (${ms(p95)})`;
}
