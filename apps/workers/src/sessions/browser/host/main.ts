import { flushCompileCache } from 'node:module';
import { openGuardProxy } from '@errand/core/adapters/network/guard-proxy.ts';
import { type FromHost, type HostInit, type HostReply, PROTOCOL_VERSION, type ToHost } from '../protocol.ts';
import { toldError } from '../told-error.ts';
import { BrowserHost } from './browser-host.ts';
import { chooseLauncher } from './browser-launcher.ts';

// The entry of the browser host: it does what the worker host that started it asks for, and ends with it.
process.on('disconnect', () => process.exit(0));
// A terminal and a service manager signal the whole group; when browsers end is for the worker host to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const init: HostInit = JSON.parse(process.argv[2] ?? '{}');
const launcher = chooseLauncher(init.browserPath, init.hostDir);
const playwright = import('playwright-core');
const host = new BrowserHost({
	init,
	program: Promise.all([playwright, launcher]).then(([{ chromium }, launcher]) => ({ chromium, launcher })),
	openProxy: (onRefused) => openGuardProxy({ allowPrivateHosts: init.allowPrivateHosts, onRefused }),
});
const calls = new Map<number, AbortController>();
process.on('message', (message: ToHost) => {
	if (message.kind === 'abort') calls.get(message.id)?.abort();
	else void reply(message);
});
send({ kind: 'ready', version: PROTOCOL_VERSION, launcher: (await launcher).name });
await playwright;
// A host that is killed writes no compile cache.
flushCompileCache();

async function reply(message: Exclude<ToHost, { kind: 'abort' }>): Promise<void> {
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
	if (message.kind === 'stop') process.exit(0);
}

async function answer(message: Exclude<ToHost, { kind: 'abort' }>, signal: AbortSignal): Promise<HostReply> {
	const { id } = message;
	const done = { kind: 'done', id, states: [] } as const;
	switch (message.kind) {
		case 'act': {
			const seen = await host.act(message, signal);
			return seen === 'wants-state' ? { kind: seen, id } : { kind: 'seen', id, ...seen };
		}
		case 'end':
			return { ...done, states: await host.endRun(message.run) };
		case 'close':
			await host.close(message.taskId);
			return done;
		case 'stop':
			await host.stop();
			return done;
		case 'ping':
			return done;
	}
}

function send(message: FromHost): void {
	process.send?.(message);
}
