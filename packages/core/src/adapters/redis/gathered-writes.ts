import type { Redis } from 'ioredis';

/**
 * gatherWrites has what a connection is told within one turn of the event loop leave together: a call of the system for each
 * command is most of what a command costs here. Answers and errors stay those of single commands.
 */
export function gatherWrites(redis: Redis): void {
	redis.on('connect', () => {
		const { stream } = redis;
		const { write } = stream;
		let gathering = false;
		const flush = () => {
			gathering = false;
			stream.uncork();
		};
		stream.write = ((...args: Parameters<typeof write>) => {
			if (!gathering) {
				gathering = true;
				stream.cork();
				setImmediate(flush);
			}
			return write.apply(stream, args);
		}) as typeof write;
	});
}
