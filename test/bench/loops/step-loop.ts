/** StepLoop is an engine under measurement: it runs graphs of durable no-op steps. A loop's module exports it as `openLoop`. */
export interface StepLoop {
	/** Runs one graph: `levels` says how many steps run at once, one level after the other. */
	run(levels: readonly number[]): Promise<void>;
	close(): void | Promise<void>;
}
