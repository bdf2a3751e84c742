import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { cleanText } from '@errand/frontends/terminal/clean-text.ts';
import { openAsker } from '../setup/asker.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { setUpFrontend } from './set-up-frontend.ts';

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
		const secret = () => randomBytes(24).toString('hex');
		const written = await setUpFrontend({ asker, typed, file, signal, secret });
		return written ? 0 : NOT_WRITTEN;
	} finally {
		asker.close();
	}
}
