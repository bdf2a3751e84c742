/** StepLoop is an engine under measurement: it runs graphs of durable no-op steps. A loop's module exports it as `openLoop`. */
export interface StepLoop {
	/**
	 * Runs one graph: `levels` says how many steps run at once, one level after the other. `begun` is called when the first
	 * step begins, with that moment (`performance.now()`) where it is known only afterwards; loops of chains may leave it out.
	 */
	run(levels: readonly number[], begun?: (at?: number) => void): Promise<void>;
	close(): void | Promise<void>;
}
