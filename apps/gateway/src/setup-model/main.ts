import { resolve } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { cleanText } from '@errand/frontends/terminal/clean-text.ts';
import { openAsker } from '../setup/asker.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { setUpModel } from './setup-model.ts';

const NOT_WRITTEN = 1;
const NO_USE = 2;

try {
	process.exitCode = await main();
} catch (error) {
	if (!isCoreError(error)) throw error;
	process.stderr.write(`${cleanText(error.message)}\n${cleanText(error.hint)}\n`);
	process.exitCode = error.code === 'cancelled' ? NOT_WRITTEN : NO_USE;
}

async function main(): Promise<number> {
	const typed = parseArguments(process.argv.slice(2));
	if (typed.help) {
		process.stdout.write(`${USAGE}\n`);
		return 0;
	}
	const controller = new AbortController();
	process.once('SIGINT', () => controller.abort());
	const asker = openAsker(process.stdin, process.stdout);
	try {
		const file = typed.file === undefined ? resolve(REPOSITORY, '.env') : resolve(typed.file);
		const signal = AbortSignal.any([controller.signal, asker.left]);
		const written = await setUpModel({ asker, typed, file, clock: new SystemClock(), signal });
		return written ? 0 : NOT_WRITTEN;
	} finally {
		asker.close();
	}
}
