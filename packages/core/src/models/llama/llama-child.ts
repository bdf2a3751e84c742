import { setPriority } from 'node:os';
import { describeError, isCoreError } from '../../domain/errors.ts';
import { LlamaEngine } from './llama-engine.ts';
import type { FromLlama, LlamaInit, ToLlama } from './llama-protocol.ts';

const BEHIND_OTHERS = 5;
// The process of one model. A crash in native code ends it and nothing else, and with it all its memory goes back.
const engine = new LlamaEngine(JSON.parse(process.argv[2] ?? '{}') as LlamaInit);
const running = new Map<number, AbortController>();
let turn: Promise<void> = Promise.resolve();

// Whoever waits for a reply waits for the server first.
setPriority(BEHIND_OTHERS);
// Native code that is at work would be waited for by an orderly end, and there is nothing to put in order.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToLlama) => {
	if (message.type === 'cancel') {
		running.get(message.id)?.abort();
		return;
	}
	const controller = new AbortController();
	running.set(message.id, controller);
	// There is one context, and it holds one conversation at a time.
	turn = turn.then(() => answer(message, controller.signal)).finally(() => running.delete(message.id));
});

async function answer(message: Exclude<ToLlama, { type: 'cancel' }>, signal: AbortSignal): Promise<void> {
	const { id } = message;
	try {
		signal.throwIfAborted();
		switch (message.type) {
			case 'load':
				await engine.load();
				return say({ type: 'loaded', id });
			case 'reply':
				return say({
					...{ type: 'answer', id },
					answer: await engine.reply(message.ask, signal, (text) => say({ type: 'piece', id, text })),
				});
			case 'embed':
				return say({ type: 'vectors', id, ...(await engine.embed(message.texts, signal)) });
		}
	} catch (error) {
		say({ type: 'failed', id, refused: isCoreError(error, 'model-refused'), message: describeError(error) });
	}
}

function say(message: FromLlama): void {
	if (process.connected) process.send?.(message);
}
