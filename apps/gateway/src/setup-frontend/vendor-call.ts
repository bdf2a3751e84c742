import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** Vendor is whose API is asked. */
export interface Vendor {
	readonly name: string;
	/** Root of the API, without a slash at its end. */
	readonly url: string;
	/** The variable that names another root. */
	readonly variable: string;
}

/** VendorAnswer is what an API answered; `body` is its JSON, undefined when it is none. */
export interface VendorAnswer {
	readonly status: number;
	readonly body: unknown;
}

const PATIENCE_MS = 15_000;

/** callVendor makes one call; an API that cannot be reached, or is in trouble, rejects with what to do about it. No URL is named, because Telegram's hold the token. */
export async function callVendor(
	vendor: Vendor,
	path: string,
	{ signal, ...init }: RequestInit & { signal: AbortSignal },
	patienceMs: number = PATIENCE_MS,
): Promise<VendorAnswer> {
	const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
	let status: number;
	let text: string;
	let retryAfter: string | null;
	try {
		const response = await fetch(`${vendor.url}${path}`, { ...init, redirect: 'manual', signal: within });
		status = response.status;
		retryAfter = response.headers.get('retry-after');
		text = await response.text();
	} catch (error) {
		if (signal.aborted) throw new CoreError('cancelled', 'The set-up was ended.', { hint: 'Nothing was written.' });
		throw unreachable(vendor, error);
	}
	if (status === 429) {
		throw new CoreError('rate-limited', `${vendor.name} was asked too often.`, {
			hint: `Try again in ${retryAfter ?? '60'} seconds.`,
		});
	}
	if (status >= 500 || (status >= 300 && status < 400)) {
		throw new CoreError('fetch-failed', `${vendor.name} answered with status ${status} at ${hostOf(vendor)}.`, {
			hint: `Try again in a while${alsoLookAt(vendor)}.`,
		});
	}
	return { status, body: parse(text) };
}

/** unexpected is for an answer that is not what the vendor describes. */
export function unexpected(vendor: Vendor, { status }: VendorAnswer): CoreError {
	return new CoreError('fetch-failed', `What answers at ${hostOf(vendor)} (status ${status}) is not ${vendor.name}.`, {
		hint: `Look at ${vendor.variable}, or leave it out to use ${vendor.name} itself, and at proxies in between.`,
	});
}

/** reasonOf finds why a fetch failed: ECONNREFUSED, ENOTFOUND, a certificate … */
export function reasonOf(error: unknown): string {
	if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
	const cause = error instanceof Error ? error.cause : undefined;
	if (cause instanceof AggregateError) return reasonOf(new Error('', { cause: cause.errors[0] }));
	return describeError(cause ?? error);
}

function unreachable(vendor: Vendor, error: unknown): CoreError {
	return new CoreError('fetch-failed', `${vendor.name} cannot be reached at ${hostOf(vendor)}: ${reasonOf(error)}.`, {
		hint: `Check this machine's network${alsoLookAt(vendor)}.`,
		cause: error,
	});
}

function alsoLookAt({ variable }: Vendor): string {
	return `, and ${variable} if it is set`;
}

function hostOf({ url }: Vendor): string {
	return new URL(url).host;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
