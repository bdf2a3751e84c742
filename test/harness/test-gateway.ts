import { pinoLogger } from '@errand/core/adapters/logging/pino-logger.ts';
import { readConfig } from '@errand/gateway/config.ts';
import { startServer } from '@errand/gateway/server.ts';
import { catalogue } from './test-catalogue.ts';

// The server as it ships, with the capabilities of the tests besides its own.
const config = readConfig();
const log = pinoLogger({ level: config.logLevel });
const catalogueUrl = import.meta.resolve('./test-catalogue.ts');
const role = process.argv.includes('frontends') ? 'frontends' : 'gateway';
const server = await startServer({ config, log, catalogue, catalogueUrl, role });
process.on('SIGTERM', () => void server.stop('The test is over.').then(() => process.exit(0)));
