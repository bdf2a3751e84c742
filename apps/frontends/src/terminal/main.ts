import { text as readAll } from 'node:stream/consumers';
import { CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { cleanText } from './clean-text.ts';
import { type Config, readConfig } from './config.ts';
import { findServer } from './find-server.ts';
import { interactive } from './interactive.ts';
import { readFiles, textFile } from './outgoing-files.ts';
import { runGoal, type Talk } from './run-goal.ts';
import { createScreen } from './screen.ts';
import { type OutgoingFile, ServerClient } from './server-client.ts';

const DONE = 0;
const NOT_DONE = 1;
const NO_USE = 2;

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${cleanText(describeError(error))}\n`);
	if (isCoreError(error) && error.hint !== '') process.stderr.write(`${cleanText(error.hint)}\n`);
	process.exitCode = NO_USE;
}

async function main(argv: readonly string[]): Promise<number> {
	const typed = parseArguments(argv);
	if (typed.help) {
		process.stdout.write(`${USAGE}\n`);
		return DONE;
	}
	const config = readConfig();
	const files = await readFiles(typed.files);
	const { goal, attachments } = await withPipedText(typed.goal, files);
	return goal === undefined && attachments.length === 0 && process.stdin.isTTY !== true
		? Promise.reject(new CoreError('invalid-input', 'There is no goal.', { hint: USAGE }))
		: talk(config, { goal, attachments, saveIn: typed.save });
}

/** Text piped in is the goal, or goes along with the one that was typed. */
async function withPipedText(
	goal: string | undefined,
	files: readonly OutgoingFile[],
): Promise<{ goal: string | undefined; attachments: readonly OutgoingFile[] }> {
	if (process.stdin.isTTY === true) return { goal, attachments: files };
	const piped = await readAll(process.stdin);
	if (piped.trim() === '') return { goal, attachments: files };
	return goal === undefined
		? { goal: piped.trim(), attachments: files }
		: { goal, attachments: [...files, textFile(piped)] };
}

async function talk(
	config: Config,
	{
		goal,
		attachments,
		saveIn,
	}: {
		readonly goal: string | undefined;
		readonly attachments: readonly OutgoingFile[];
		readonly saveIn: string | undefined;
	},
): Promise<number> {
	let running: string | undefined;
	let interrupts = 0;
	const interrupt = () => {
		interrupts++;
		if (running !== undefined && interrupts === 1) {
			const task = `/v1/tasks/${encodeURIComponent(running)}`;
			// What has ended meanwhile cannot be stopped, and shows its end anyway.
			client?.call('POST', `${task}/cancel`, {}).catch(() => undefined);
			return;
		}
		const code = running === undefined && goal === undefined ? DONE : NOT_DONE;
		void leave().finally(() => process.exit(code));
	};
	const screen = createScreen({
		input: process.stdin,
		output: process.stdout,
		color: config.color,
		onInterrupt: interrupt,
	});
	process.on('SIGINT', interrupt);
	process.on('SIGTERM', () => void leave().finally(() => process.exit(NOT_DONE)));
	let client: ServerClient | undefined;
	const server = await findServer(config, () => {
		if (screen.redraws) screen.draw([screen.paint.dim('Starting the server…')]);
	});
	screen.clear();
	const leave = async () => {
		screen.keep();
		client?.close();
		await server.stop();
	};
	try {
		client = await ServerClient.connect(server);
		const onTask = (taskId: string | undefined) => {
			running = taskId;
			interrupts = 0;
		};
		const talking: Talk = { client, screen, saveIn, ownServer: server.started, onTask };
		if (goal === undefined && attachments.length === 0) {
			await interactive(talking);
			return DONE;
		}
		const view = await runGoal(talking, goal ?? '', attachments);
		return view === undefined || view.status === 'done' ? DONE : NOT_DONE;
	} finally {
		await leave();
	}
}
