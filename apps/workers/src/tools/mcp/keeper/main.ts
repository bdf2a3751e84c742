import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { FromKeeper, KeeperInit, KeeperReply, ToKeeper } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../protocol.ts';
import { ToolError } from '../tool-error.ts';
import { Connection } from './connection.ts';
import { transportOpener } from './open-transport.ts';

// The entry of a keeper: it holds the connections to one MCP server, does what the worker host asks for, and ends with it.
// Whatever a server sends is read here, so the worst it does is end this process.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const calls = new Map<number, AbortController>();
const connections = new Map<string, Connection>();
let told: KeeperInit | undefined;
let open: ReturnType<typeof transportOpener> | undefined;
process.on('message', (message: ToKeeper) => {
	if (message.kind === 'init') {
		told = message;
		open = transportOpener(message);
	} else if (message.kind === 'abort') calls.get(message.id)?.abort();
	else void reply(message);
});
send({ kind: 'ready', version: PROTOCOL_VERSION });

type Request = Exclude<ToKeeper, { kind: 'abort' | 'init' }>;

async function reply(message: Request): Promise<void> {
	const { id } = message;
	const call = new AbortController();
	calls.set(id, call);
	try {
		send(await answer(message, call.signal));
	} catch (error) {
		send({ kind: 'failed', id, error: toldError(error) });
	} finally {
		calls.delete(id);
	}
}

async function answer(message: Request, signal: AbortSignal): Promise<KeeperReply> {
	const { id } = message;
	switch (message.kind) {
		case 'call': {
			const end = await connectionOf(message.session).call(message, { signal, onProgress: teller(id) });
			return { ...end, id };
		}
		case 'list':
			return { kind: 'tools', id, read: await connectionOf(message.session).list(message.timeoutMs) };
		case 'close': {
			const connection = connections.get(message.session);
			connections.delete(message.session);
			await connection?.close();
			return { kind: 'done', id };
		}
		case 'ping':
			return { kind: 'done', id };
	}
}

function connectionOf(session: string): Connection {
	const known = connections.get(session);
	if (known !== undefined && !known.isGone) return known;
	if (told === undefined || open === undefined)
		throw new TypeError('A keeper was asked before it was told its server.');
	const connection: Connection = new Connection(told.server, open, {
		onChanged: () => send({ kind: 'changed' }),
		onGone: () => {
			if (connections.get(session) === connection) connections.delete(session);
		},
	});
	connections.set(session, connection);
	return connection;
}

/** Tells of progress ten times a second at most, however often the server does. */
function teller(id: number): (progress: { percent?: number; text?: string }) => void {
	let last = 0;
	return (progress) => {
		const now = Date.now();
		if (now - last < PROGRESS_GAP_MS) return;
		last = now;
		send({ kind: 'progress', id, ...progress });
	};
}

const PROGRESS_GAP_MS = 100;

function toldError(error: unknown) {
	if (!isCoreError(error)) {
		const hint = 'It is tried again by itself. If it keeps failing, look at the log of the worker.';
		return {
			code: 'fetch-failed' as const,
			message: `The call of a tool broke off: ${describeError(error)}`,
			hint,
			isOpen: true,
		};
	}
	const { code, message, hint } = error;
	return { code, message, hint, isOpen: error instanceof ToolError && error.isOpen };
}

function send(message: FromKeeper): void {
	process.send?.(message);
}
