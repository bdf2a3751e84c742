import { CoreError } from '@errand/core/domain/errors.ts';
import { LlamaModel } from '@errand/core/models/llama/llama-model.ts';
import { type LlamaEntry, libraryFile } from '@errand/core/models/llama/llama-registry.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import type { Tools } from './tools.ts';

/** tryAdded loads a model as the server would, lets it work once and says what came and how long it took. */
export async function tryAdded(entry: LlamaEntry, words: string | undefined, tools: Tools): Promise<void> {
	const { dataDir, clock, say } = tools;
	const { name, file, contextTokens, embedding } = entry;
	const init = { library: libraryFile(dataDir), file, contextTokens, embedding };
	const model = new LlamaModel({ name, init, idleMs: LOAD_MS, clock, log: SILENT });
	const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LOAD_MS)]);
	try {
		await model.probe();
		const loaded = stopwatch();
		await model.load(signal);
		say(`Loaded in ${loaded()} ms.`);
		const replied = stopwatch();
		if (embedding) {
			const { vectors } = await model.embed([words ?? WORDS], { signal });
			say(`It made a vector of ${vectors[0]?.length ?? 0} numbers in ${replied()} ms.`);
			return;
		}
		const text = words ?? WORDS;
		const maxTokens = words === undefined ? SHORT_TOKENS : LONG_TOKENS;
		const reply = await model.reply({ purpose: 'try', messages: [{ role: 'user', text }], maxTokens }, { signal });
		const ms = replied();
		const speed = (((reply.tokens?.output ?? 0) * 1_000) / ms).toFixed(1);
		say(`It replied in ${ms} ms, ${speed} tokens a second. It said: ${cleanLine(reply.text)}`);
	} catch (error) {
		if (tools.signal.aborted || !signal.aborted) throw error;
		throw new CoreError('timed-out', `${name} was not loaded and done within ${LOAD_MS / 60_000} minutes.`, {
			hint: 'The model is too large for this machine: take a smaller one.',
		});
	} finally {
		await model.stop();
	}
}

const LOAD_MS = 600_000;
const SHORT_TOKENS = 24;
const LONG_TOKENS = 400;
const WORDS = 'Say hello in one short sentence.';
const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function stopwatch(): () => number {
	const from = performance.now();
	return () => Math.max(1, Math.round(performance.now() - from));
}
