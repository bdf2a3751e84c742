/** ErrandError is a refusal of the server, or that it could not be reached: `detail` and `hint` are for people, `code` is for programs. */
export class ErrandError extends Error {
	/** The HTTP status; 0 when no answer came. */
	readonly status: number;
	/** `unknown-task`, `rate-limited` …; `unreachable` when no answer came. */
	readonly code: string;
	readonly detail: string;
	readonly hint: string;
	/** When to come again, in ms, where the server said so. */
	readonly retryAfterMs: number | undefined;

	constructor(
		problem: { readonly status: number; readonly code: string; readonly detail: string; readonly hint: string },
		options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
	) {
		super(
			`${problem.detail} ${problem.hint}`.trim(),
			options.cause === undefined ? undefined : { cause: options.cause },
		);
		this.name = 'ErrandError';
		this.status = problem.status;
		this.code = problem.code;
		this.detail = problem.detail;
		this.hint = problem.hint;
		this.retryAfterMs = options.retryAfterMs;
	}
}

/** errorOf reads a refusal; what is no problem document of Errand is told by its status. */
export async function errorOf(response: Response): Promise<ErrandError> {
	const text = await response.text().catch(() => '');
	const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
	const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
	const { status } = response;
	const said = problemIn(text);
	if (said !== undefined) return new ErrandError({ status, ...said }, { retryAfterMs });
	const detail = `The server answered ${status}${response.statusText === '' ? '' : ` ${response.statusText}`}.`;
	const hint = 'Check that the address is that of an Errand server.';
	return new ErrandError({ status, code: `http-${status}`, detail, hint }, { retryAfterMs });
}

function problemIn(text: string): { code: string; detail: string; hint: string } | undefined {
	try {
		const { code, detail, hint } = JSON.parse(text) as Record<string, unknown>;
		if (typeof code !== 'string' || typeof detail !== 'string') return undefined;
		return { code, detail, hint: typeof hint === 'string' ? hint : '' };
	} catch {
		return undefined;
	}
}
