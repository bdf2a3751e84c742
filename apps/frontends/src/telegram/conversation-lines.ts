/** ConversationLines lets work of one conversation run in order, and that of different ones side by side. */
export class ConversationLines {
	readonly #ends = new Map<string, Promise<unknown>>();

	/** Runs after everything that was lined up for the conversation before, whether that worked or not. */
	run<Result>(conversation: string, work: () => Promise<Result>): Promise<Result> {
		const before = this.#ends.get(conversation) ?? Promise.resolve();
		const result = before.then(work, work);
		const end = result
			.catch(() => {})
			.finally(() => {
				if (this.#ends.get(conversation) === end) this.#ends.delete(conversation);
			});
		this.#ends.set(conversation, end);
		return result;
	}

	/** Resolves when nothing is lined up any more. */
	async idle(): Promise<void> {
		while (this.#ends.size > 0) await Promise.all(this.#ends.values());
	}
}
