import { randomBytes } from 'node:crypto';
import { runSetUp } from '../setup/run-set-up.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { setUpFrontend } from './set-up-frontend.ts';

const secret = () => randomBytes(24).toString('hex');

await runSetUp({
	parse: parseArguments,
	usage: USAGE,
	run: (typed, tools) => setUpFrontend({ ...tools, typed, secret }),
});
