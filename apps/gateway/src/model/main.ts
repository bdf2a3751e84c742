import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { cleanText } from '@errand/frontends/terminal/clean-text.ts';
import { addModel } from './add-model.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { readDataDir } from './config.ts';
import { addedModel, listAdded, removeModel } from './list-added.ts';
import type { Tools } from './tools.ts';
import { tryAdded } from './try-added.ts';

const FAILED = 1;
const NO_USE = 2;

const say = (line: string) => void process.stdout.write(`${cleanText(line)}\n`);
try {
	await run(process.argv.slice(2));
} catch (error) {
	if (!isCoreError(error)) throw error;
	process.stderr.write(`${cleanText(error.message)}\n${cleanText(error.hint)}\n`);
	process.exitCode = error.code === 'invalid-input' || error.code === 'invalid-config' ? NO_USE : FAILED;
}

async function run(argv: readonly string[]): Promise<void> {
	const typed = parseArguments(argv);
	const controller = new AbortController();
	process.once('SIGINT', () => controller.abort());
	const tools: Tools = { dataDir: readDataDir(), clock: new SystemClock(), signal: controller.signal, say };
	switch (typed.command) {
		case 'help':
			return say(USAGE);
		case 'add':
			return await addModel(typed, tools);
		case 'list':
			return await listAdded(tools);
		case 'try':
			return await tryAdded(await addedModel(typed.name, tools.dataDir), typed.words, tools);
		case 'remove':
			return await removeModel(typed.name, tools);
	}
}
