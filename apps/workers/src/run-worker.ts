import { pinoLogger } from '@errand/core/adapters/logging/pino-logger.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { readWorkerConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

/** runWorker takes jobs until it is told to stop, once it has finished or given back what runs; a start that fails says why and exits with 1. */
export async function runWorker({ catalogue, catalogueUrl }: Program): Promise<void> {
	try {
		const known = new Set(catalogue.map(({ name }) => name));
		const config = readWorkerConfig({ args: process.argv.slice(2), known });
		const log = pinoLogger({ level: config.logLevel, secrets: config.secrets });
		const onDrain = () => {
			if (!stopping) stop('order');
		};
		let stopping = false;
		const stop = (why: string) => {
			// Somebody who asks again does not want to wait.
			if (stopping) process.exit(1);
			stopping = true;
			log.info('stopping', { why, drainMs: config.drainMs });
			started
				.then((worker) => worker.stop())
				.then(
					() => process.exit(0),
					(error: unknown) => {
						log.error('stop failed', { error });
						process.exit(1);
					},
				);
		};
		const started = startWorker({ config, log, catalogue, catalogueUrl, onDrain });
		const worker = await started;
		log.info('ready', { worker: worker.name, port: worker.port, ms: Math.round(process.uptime() * 1_000) });
		process.on('SIGINT', stop);
		process.on('SIGTERM', stop);
	} catch (error) {
		if (!isCoreError(error)) throw error;
		process.stderr.write(`The worker cannot start. ${error.message}\n${error.hint}\n`);
		process.exit(1);
	}
}

/** Program is what the worker can do, and the module that exports it, for handler children to load. */
interface Program {
	readonly catalogue: readonly ICapability[];
	readonly catalogueUrl: string;
}
