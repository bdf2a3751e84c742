import { CoreError } from '@errand/core/domain/errors.ts';
import { describe, expect, it } from 'vitest';
import { type PinoLoggerOptions, pinoLogger } from './pino-logger.ts';

function recorded(options: Partial<PinoLoggerOptions> = {}) {
	const lines: string[] = [];
	const log = pinoLogger({ level: 'info', output: { write: (line: string) => void lines.push(line) }, ...options });
	return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('pinoLogger', () => {
	it('writes one JSON line an event, with its fields', () => {
		const { log, lines, last } = recorded();
		log.info('step dispatched', { taskId: 't1', attempt: 2 });
		expect(last()).toMatchObject({ level: 'info', event: 'step dispatched', taskId: 't1', attempt: 2 });
		expect(Date.parse(last().time)).not.toBeNaN();
		log.debug('too quiet');
		expect(lines).toHaveLength(1);
	});

	it('keeps an error with its code and cause', () => {
		const { log, last } = recorded();
		const error = new CoreError('internal', 'It broke.', { hint: 'x', cause: new Error('deeper') });
		log.error('request failed', { error });
		expect(last().error).toMatchObject({ code: 'internal', message: expect.stringContaining('deeper') });
	});

	it('blanks fields that hold secrets or words of people', () => {
		const { log, lines } = recorded();
		log.info('x', {
			token: 's3cret',
			text: 's3cret',
			request: { authorization: 's3cret', cookie: 's3cret', path: '/v1' },
		});
		expect(lines[0]).not.toContain('s3cret');
		expect(lines[0]).toContain('/v1');
	});

	it('lets known secrets through nowhere, not even inside messages', () => {
		const { log, lines } = recorded({ secrets: ['owner-token'] });
		log.warn('failed', { error: new Error('GET http://x/?t=owner-token') });
		expect(lines[0]).not.toContain('owner-token');
		expect(lines[0]).toContain('[redacted]');
	});
});
