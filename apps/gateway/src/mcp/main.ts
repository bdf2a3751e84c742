import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { readConfig } from './config.ts';
import { createMcpServer } from './protocol/mcp-server.ts';
import { ForwardingSurface } from './stdio/forwarding-surface.ts';
import { ListeningTransport } from './stdio/listening-transport.ts';
import { Upstream } from './stdio/upstream.ts';

// Standard output belongs to the protocol.
const say = (error: unknown) => {
	const hint = isCoreError(error) && error.hint !== '' ? ` ${error.hint}` : '';
	process.stderr.write(`${describeError(error)}${hint}\n`);
};

try {
	const config = readConfig();
	const surface = new ForwardingSurface(new Upstream(config, say), config);
	const transport = new ListeningTransport(surface, say);
	const serving = serveStdio(() => transport.watched(createMcpServer(surface)), { transport, onerror: say });
	const leave = () => void serving.close().finally(() => process.exit(0));
	process.on('SIGINT', leave);
	process.on('SIGTERM', leave);
	process.stdin.once('end', leave);
} catch (error) {
	say(error);
	process.exitCode = 2;
}
