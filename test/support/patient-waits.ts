import { vi } from 'vitest';

const PATIENCE_MS = 20_000;

// Loaded before each test file. What a test waits for comes late on a machine that others keep busy, so whoever names a shorter
// wait, or none, gets this one; only what never comes fails. `expect.poll` has its own in vitest.config.ts.
const { waitFor } = vi;
const patient: typeof waitFor = (check, options = {}) => {
	const { timeout = 0, ...others } = typeof options === 'number' ? { timeout: options } : options;
	return waitFor(check, { ...others, timeout: Math.max(timeout, PATIENCE_MS) });
};
// Files that share their modules share this, too.
if (waitFor.name !== patient.name) vi.waitFor = patient;
