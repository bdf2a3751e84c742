import { flushCompileCache } from 'node:module';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { failureOf } from '../runs/failure-of.ts';
import { ProgressCoalescer } from '../runs/progress-coalescer.ts';
import { type EndedRun, runCapability } from '../runs/run-capability.ts';
import { HandlerContext, type RunResources, StopSwitch } from '../runs/run-context.ts';
import { openRunResources } from '../runs/run-resources.ts';
import { abortError } from '../runs/stop-cause.ts';
import { calledServices } from '../services/called-services.ts';
import { HostCalls } from './host-calls.ts';
import type { ChildInit, FromChild, ToChild } from './protocol.ts';

// The entry of a handler child: it runs one job at a time for the host that started it, and ends with that host.
process.on('disconnect', () => process.exit(0));
// A terminal and a service manager signal the whole group; when a child ends is for its host to say, which may be draining.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const init: ChildInit = JSON.parse(process.argv[2] ?? '{}');
const resources = openRunResources(init);
const { catalogue }: { catalogue: readonly ICapability[] } = await import(init.catalogueUrl);
const progress = new ProgressCoalescer(new SystemClock(), (_task, _step, progress) =>
	send({ kind: 'progress', progress }),
);
const warmed = new Set<string>();
const calls = new HostCalls((call, request) => send({ kind: 'call', call, request }));
let stop = new StopSwitch();

process.on('message', (message: ToChild) => {
	if (message.kind === 'run') void run(message, resources);
	else if (message.kind === 'abort') stop.stop(abortError());
	else calls.hear(message);
});
send({ kind: 'ready' });
flushCompileCache();

async function run(message: Extract<ToChild, { kind: 'run' }>, resources: RunResources): Promise<void> {
	stop = new StopSwitch();
	const ended = await runNamed(message, resources);
	progress.endStep(message.scope.taskId, '');
	calls.forget();
	send({ kind: 'ended', outcome: outcomeText(ended) });
	// A killed process writes no compile cache, and children are ended by a kill.
	if (!warmed.has(message.capability)) flushCompileCache();
	warmed.add(message.capability);
}

async function runNamed(message: Extract<ToChild, { kind: 'run' }>, resources: RunResources): Promise<EndedRun> {
	let capability: ICapability | undefined;
	try {
		capability = await handlerOf(message);
	} catch (error) {
		return { outcome: { kind: 'failed', failure: failureOf(error) } };
	}
	if (capability === undefined) {
		const error = new CoreError('unknown-capability', `No handler is called "${message.capability}".`, {
			hint: 'The host and its children must load the same catalogue.',
		});
		return { outcome: { kind: 'failed', failure: failureOf(error) } };
	}
	const { taskId } = message.scope;
	const context = new HandlerContext(message.scope, {
		resources,
		services: calledServices(message.services, (call, listener) => calls.make(call, listener)),
		stop,
		onProgress: (said) => progress.add(taskId, '', said),
	});
	const input: Json = JSON.parse(message.input);
	return await runCapability(capability, input, context);
}

async function handlerOf({ capability, module }: Extract<ToChild, { kind: 'run' }>): Promise<ICapability | undefined> {
	if (module === undefined) return catalogue.find(({ name }) => name === capability);
	const { loadHandler } = await import('../tools/modules/load-handler.ts');
	return await loadHandler(module, capability);
}

/** The outcome as JSON text; a large output is not put into text twice. */
function outcomeText({ outcome, text }: EndedRun): string {
	if (outcome.kind !== 'completed' || text === undefined) return JSON.stringify(outcome);
	return `{"kind":"completed","origins":${JSON.stringify(outcome.origins)},"output":${text}}`;
}

function send(message: FromChild): void {
	process.send?.(message);
}
