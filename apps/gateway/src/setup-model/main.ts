import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { runSetUp } from '../setup/run-set-up.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { setUpModel } from './setup-model.ts';

await runSetUp({
	parse: parseArguments,
	usage: USAGE,
	run: (typed, tools) => setUpModel({ ...tools, typed, clock: new SystemClock() }),
});
