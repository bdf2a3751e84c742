import { pinoLogger } from '@errand/core/adapters/logging/pino-logger.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { moveHistory } from '@errand/core/infrastructure/move-history.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { readMigrateConfig } from './config.ts';

const tell = (line: string) => process.stdout.write(`${line}\n`);

try {
	const { to } = parseArguments(process.argv.slice(2));
	if (to === undefined) tell(USAGE);
	else {
		const config = readMigrateConfig();
		const log = pinoLogger({ level: 'warn', secrets: [config.secretKey ?? [], config.databaseUrl].flat() });
		const { streams, facts, hash, secrets, notes, calls } = await moveHistory({ ...config, to, log, tell });
		tell(
			`Moved ${streams} streams with ${facts} facts, ${secrets} secrets and ${notes} notes; both sides hash to ${hash}.`,
		);
		tell(`The book of what models cost came along, with ${calls} calls.`);
		tell(
			to === 'postgres'
				? 'Start Errand with DATABASE_URL and REDIS_URL. The data directory still holds the history as it was.'
				: 'Start Errand without DATABASE_URL and REDIS_URL. The database still holds the history as it was.',
		);
	}
} catch (error) {
	if (!isCoreError(error)) throw error;
	process.stderr.write(`${error.message}\n${error.hint}\n`);
	process.exitCode = error.code === 'invalid-input' ? 2 : 1;
}
