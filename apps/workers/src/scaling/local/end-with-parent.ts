const LAST_MS = 60_000;

/**
 * Loaded before a worker that a gateway started as its child: a worker whose gateway died drains and ends, and is killed where
 * it does not. So none is left over, and another gateway starts as many as are needed.
 */
process.once('disconnect', () => {
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_MS).unref();
	process.kill(process.pid, 'SIGTERM');
});
// Listening alone is no reason to stay alive.
process.channel?.unref();
