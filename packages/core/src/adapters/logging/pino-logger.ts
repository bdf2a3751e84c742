import { type DestinationStream, destination, pino, stdSerializers } from 'pino';
import type { ILogger, LogFields } from '../../ports/logger.ts';

/** PinoLoggerOptions: `secrets` are literal values that must never stand in a line, wherever they came from. */
export interface PinoLoggerOptions {
	readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
	readonly secrets?: readonly string[];
	/** Where lines go; standard output if left out. */
	readonly output?: DestinationStream;
}

const SECRET_FIELDS = ['token', 'authorization', 'cookie', 'password', 'secret', 'answer', 'text', 'body', 'goal'];

/** pinoLogger writes one JSON line an event. Fields that hold secrets or what people wrote are blanked, one level deep. */
export function pinoLogger({ level, secrets = [], output = standardOutput() }: PinoLoggerOptions): ILogger {
	const log = pino(
		{
			level,
			base: null,
			timestamp: () => `,"time":"${new Date().toISOString()}"`,
			formatters: { level: (label) => ({ level: label }) },
			messageKey: 'event',
			serializers: { error: stdSerializers.err },
			redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
		},
		secrets.length === 0 ? output : scrubbed(output, secrets),
	);
	const write = (to: 'debug' | 'info' | 'warn' | 'error') => (event: string, fields?: LogFields) =>
		log[to](fields ?? {}, event);
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function scrubbed(output: DestinationStream, secrets: readonly string[]): DestinationStream {
	return {
		write(line: string) {
			let clean = line;
			for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[redacted]');
			output.write(clean);
		},
	};
}

// Asynchronous, and bounded: a reader of standard output that stopped reading must not stop the server or fill its memory.
function standardOutput(): DestinationStream {
	return destination({ dest: 1, sync: false, maxLength: 4 * 1024 * 1024 });
}
