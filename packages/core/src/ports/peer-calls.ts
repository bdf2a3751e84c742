/**
 * IPeerCalls are calls between the processes of one Errand: short questions to whoever serves a name now. Nothing of them is
 * kept; an answer may be lost, and the call was carried out all the same.
 */
export interface IPeerCalls {
	/** Answers what is asked under a name, each request once, until the returned function is called. A CoreError of `answer` reaches whoever asks. */
	serve(name: string, answer: (request: string) => Promise<string>): () => void;
	/**
	 * Asks whoever serves a name, here or elsewhere. Rejects with CoreError: `frontend-down` when nobody does, `timed-out` when no
	 * answer came in time, `too-large` for a request or an answer beyond MAX_CALL_LENGTH, or whatever whoever serves it threw.
	 */
	ask(name: string, request: string, options: { readonly timeoutMs: number }): Promise<string>;
}

/** MAX_CALL_LENGTH is how many characters a request or an answer may have: a body of 1 MB fits in base64. */
export const MAX_CALL_LENGTH = 1_500_000;
