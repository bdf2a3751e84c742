import { pinoLogger } from '@errand/core/adapters/logging/pino-logger.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

/** runServer runs Errand until it is told to stop; a start that fails says why and what to do, and exits with 1. */
export async function runServer(): Promise<void> {
	try {
		const config = readConfig();
		const log = pinoLogger({ level: config.logLevel, secrets: config.secrets });
		const catalogueUrl = import.meta.resolve('@errand/workers/catalogue.ts');
		const server = await startServer({ config, log, catalogue, catalogueUrl });
		log.info('ready', { url: server.url, ms: Math.round(process.uptime() * 1_000) });
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
