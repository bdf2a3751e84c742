/** The simulations there are, by name; each resolves with what came of it, as text. */
const SIMULATIONS: Readonly<Record<string, () => Promise<string>>> = {
	cluster: async () => {
		const { tableText } = await import('../bench/report.ts');
		const { clusterTable, SIZES } = await import('./cluster/cluster-table.ts');
		return tableText(clusterTable(SIZES));
	},
	scaling: async () => {
		const { scalingTable } = await import('./scaling/scaling-table.ts');
		return scalingTable(7).join('\n');
	},
};

// Without names: all of them.
const given = process.argv.slice(2);
const unknown = given.filter((name) => SIMULATIONS[name] === undefined);
if (unknown.length > 0) {
	process.stderr.write(
		`There is no simulation "${unknown.join('", "')}". Use: npm run simulate -- [${Object.keys(SIMULATIONS).join('|')}]\n`,
	);
	process.exitCode = 1;
} else {
	for (const [name, simulate] of Object.entries(SIMULATIONS)) {
		if (given.length === 0 || given.includes(name)) process.stdout.write(`${await simulate()}\n`);
	}
}
