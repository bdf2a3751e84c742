#!/usr/bin/env node
// Errand as an MCP server on standard input and output, for editors: `node <repository>/apps/gateway/bin/errand-mcp.mjs`, from
// any folder and on any Node from 20 up. It is plain JavaScript because the rest may need the repository's own Node, or may
// not be installed yet. Nothing but the protocol goes to standard output.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const program = join(repository, 'apps/gateway/src/mcp/main.ts');
const ownNode = join(repository, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
// What is compiled once needs a quarter less memory from then on.
const cache = join(repository, 'node_modules/.cache/errand-mcp');
const SMALL = ['--max-semi-space-size=2', '--optimize-for-size'];

if (!existsSync(join(repository, 'node_modules/.errand-installed'))) {
	spawnSync(process.execPath, [join(repository, 'deploy/prepare.mjs')], { stdio: ['ignore', 2, 2] });
}
if (Number.parseInt(process.versions.node, 10) >= 24) {
	module.enableCompileCache(cache);
	await import(pathToFileURL(program).href);
} else {
	const child = spawn(ownNode, [...SMALL, program, ...process.argv.slice(2)], {
		stdio: 'inherit',
		env: { ...process.env, NODE_COMPILE_CACHE: cache },
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
	child.once('error', (error) => {
		process.stderr.write(`Errand could not be started: ${error.message}\n`);
		process.exit(2);
	});
	child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 2 : 1)));
}
