import { it } from 'vitest';
import { serversMissing } from '../../support/servers-missing.ts';

// Runs instead of all tests of a cluster where they cannot run.
it('runs as a cluster', ({ skip }) => {
	process.stderr.write(`The tests of a cluster are skipped. ${serversMissing()}\n`);
	skip(serversMissing());
});
