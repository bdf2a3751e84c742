import { parseArgs } from 'node:util';
import { soakHistory } from './soak-history.ts';
import { soakStorm } from './soak-storm.ts';

const SOAKS: Readonly<Record<string, (options: SoakOptions) => Promise<boolean>>> = {
	storm: soakStorm,
	history: soakHistory,
};

/** What the command line says; each soak has its own defaults, and the history a number of events besides. */
interface SoakOptions {
	readonly tasks?: string;
	readonly minutes?: string;
	readonly every?: string;
	readonly seed?: string;
	readonly events?: string;
}

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		tasks: { type: 'string' },
		minutes: { type: 'string' },
		every: { type: 'string' },
		seed: { type: 'string' },
		events: { type: 'string' },
	},
});
const soak = SOAKS[positionals[0] ?? 'storm'];
if (soak === undefined) {
	process.stderr.write(`There is no soak "${positionals[0]}". There are: ${Object.keys(SOAKS).join(', ')}.\n`);
	process.exit(1);
}
// Leaving by `exit` ends every server that was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const [, events = values.events] = positionals;
process.exit((await soak(events === undefined ? values : { ...values, events })) ? 0 : 1);
