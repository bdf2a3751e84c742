/** Refusal is an answer of the Bot API that is not `ok`, worded as Telegram words it. */
export class Refusal extends Error {
	readonly status: number;
	readonly parameters: Readonly<Record<string, number>> | undefined;

	constructor(status: number, description: string, parameters?: Readonly<Record<string, number>>) {
		super(description);
		this.status = status;
		this.parameters = parameters;
	}
}

/** badRequest is what Telegram says about a call that cannot be right. */
export function badRequest(what: string): Refusal {
	return new Refusal(400, `Bad Request: ${what}`);
}
