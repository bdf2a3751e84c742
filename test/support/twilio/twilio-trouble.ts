/** ApiPart is a part of the API that can go wrong by itself. */
export type ApiPart = 'messages' | 'media' | 'number' | 'list';

/** TwilioTrouble is how a call of the API goes wrong, once. */
export type TwilioTrouble =
	/** Refused with an answer; nothing was done. */
	| {
			readonly kind: 'refuse';
			readonly status: number;
			readonly code: number;
			readonly message: string;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	/** The connection breaks before anything was done. */
	| { readonly kind: 'disconnect' }
	/** It was done, and the connection breaks before the answer. */
	| { readonly kind: 'lose-answer' }
	/** It was done, and the answer says that it was not. */
	| { readonly kind: 'fail-after' }
	/** It is done, late. */
	| { readonly kind: 'slow'; readonly ms: number };

/** RATE_LIMITED and the others are Twilio's own words for what may go wrong. */
export const RATE_LIMITED: TwilioTrouble = {
	kind: 'refuse',
	status: 429,
	code: 20429,
	message: 'Too Many Requests',
	headers: { 'Retry-After': '2' },
};
export const SERVER_ERROR: TwilioTrouble = {
	kind: 'refuse',
	status: 500,
	code: 20500,
	message: 'An internal server error has occurred',
};
export const UNAVAILABLE: TwilioTrouble = {
	kind: 'refuse',
	status: 503,
	code: 20503,
	message: 'Service unavailable',
};
export const UNAUTHORIZED: TwilioTrouble = { kind: 'refuse', status: 401, code: 20003, message: 'Authenticate' };
