/** LogFields are structured; never a token or a message body. */
export type LogFields = Readonly<Record<string, unknown>>;

/** ILogger records events, not prose: `log.info('step dispatched', { taskId, stepId })`. */
export interface ILogger {
	debug(event: string, fields?: LogFields): void;
	info(event: string, fields?: LogFields): void;
	warn(event: string, fields?: LogFields): void;
	error(event: string, fields?: LogFields): void;
}
