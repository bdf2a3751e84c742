import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StdioProgram } from './tool-client.ts';

/** PEER is how the other server is called in tables. */
export const PEER = 'task-master-ai 0.43.1';

const FOLDER = join(import.meta.dirname, '../backlog-peer');
const PROGRAM = join(FOLDER, 'node_modules/task-master-ai/dist/mcp-server.js');

/** peerProgram is task-master-ai with all its tools; it is installed the first time. None of the tools called here needs a model. */
export function peerProgram(): StdioProgram {
	if (!existsSync(PROGRAM)) {
		process.stderr.write(`Installing ${PEER} (1.4 GB) in ${FOLDER} …\n`);
		const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
		const { status } = spawnSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 2, 2] });
		if (status !== 0) throw new Error(`${PEER} could not be installed in ${FOLDER}.`);
	}
	return { command: process.execPath, args: [PROGRAM], env: { TASK_MASTER_TOOLS: 'all' } };
}
