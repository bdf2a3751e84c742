import { pinoLogger } from '@errand/core/adapters/logging/pino-logger.ts';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

/** runServer runs Errand until it is told to stop; a start that fails says why and what to do, and exits with 1. */
export async function runServer(): Promise<void> {
	try {
		const role = readRole(process.argv.slice(2));
		const config = readConfig();
		if (role === 'frontends' && config.cluster === undefined) throw aloneWithFrontends();
		const log = pinoLogger({ level: config.logLevel, secrets: config.secrets });
		const catalogueUrl = import.meta.resolve('@errand/workers/catalogue.ts');
		const server = await startServer({ config, log, catalogue, catalogueUrl, role });
		log.info('ready', { url: server.url, ms: Math.round(process.uptime() * 1_000) });
		if (role === 'gateway')
			process.stdout.write(
				[
					'',
					...server.has.map((line) => `  ${line}`),
					'',
					'Errand is ready. Open this link to log in (once, within 10 minutes):',
					'',
					`  ${server.loginLink()}`,
					'\n',
				].join('\n'),
			);
		const stop = (signal: NodeJS.Signals) => {
			log.info('stopping', { signal });
			server.stop('The server is shutting down.').then(
				() => process.exit(0),
				(error: unknown) => {
					log.error('stop failed', { error });
					process.exit(1);
				},
			);
		};
		process.on('SIGINT', stop);
		process.on('SIGTERM', stop);
	} catch (error) {
		if (!isCoreError(error)) throw error;
		process.stderr.write(`Errand cannot start. ${error.message}\n${error.hint}\n`);
		process.exit(1);
	}
}

function readRole(args: readonly string[]): 'gateway' | 'frontends' {
	if (args.length === 0) return 'gateway';
	const [option, role, ...more] = args;
	if (option === '--role' && (role === 'gateway' || role === 'frontends') && more.length === 0) return role;
	throw new CoreError('invalid-config', `"${args.join(' ')}" is not understood.`, {
		hint: 'Give nothing, or `--role frontends` for a process that serves chat platforms only.',
	});
}

function aloneWithFrontends(): CoreError {
	return new CoreError('invalid-config', 'A process for frontends only needs others that do the rest.', {
		hint: 'Set DATABASE_URL and REDIS_URL to what the gateways have, or run `npm start`, which does everything.',
	});
}
