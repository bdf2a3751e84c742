/** The simulations there are, by name; each prints what came of it. */
const SIMULATIONS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
	scaling: async () => (await import('./scaling/scaling-table.ts')).scalingTable(7),
};

const name = process.argv[2] ?? '';
const simulate = SIMULATIONS[name];
if (simulate === undefined) {
	process.stderr.write(`Use: npm run simulate -- ${Object.keys(SIMULATIONS).join(' | ')}\n`);
	process.exitCode = 1;
} else process.stdout.write(`${(await simulate()).join('\n')}\n`);
