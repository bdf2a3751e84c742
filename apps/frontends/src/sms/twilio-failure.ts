import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { describeError } from '@errand/core/domain/errors.ts';

/** TwilioTrouble is what went wrong with a call, as far as the client tells. */
export interface TwilioTrouble {
	/** Of the answer; undefined where none came. */
	readonly status?: number | undefined;
	/** Twilio's own number for it: 21610. */
	readonly code?: number | undefined;
	/** Of the socket: ECONNREFUSED. */
	readonly network?: string | undefined;
	readonly message: string;
	readonly retryAfterMs?: number | undefined;
}

const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'CERT_HAS_EXPIRED']);

const HINTS: Readonly<Record<number, string>> = {
	20003: 'Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
	21211: 'The number cannot be written to; check it.',
	21408: 'Allow texts to that country in Twilio’s console, under Messaging → Settings → Geo permissions.',
	21608: 'A trial account writes only to numbers verified in Twilio’s console.',
	21609: 'Set ERRAND_PUBLIC_URL to an address that Twilio can reach.',
	21610: 'They replied STOP; texts go out again once they reply START.',
	21614: 'The number cannot receive texts.',
	21606: 'TWILIO_PHONE_NUMBER cannot send texts to that number; choose one of the account’s numbers that can.',
};

/** troubleOf reads an error of the twilio client: an answer that refused, or a connection that broke. */
export function troubleOf(error: unknown): TwilioTrouble {
	const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
	return {
		message: describeError(error),
		...(typeof status === 'number' ? { status } : {}),
		...(typeof code === 'number' ? { code } : {}),
		...(typeof code === 'string' ? { network: code } : {}),
	};
}

/** isOptedOut says whether Twilio refused because the person replied STOP. */
export function isOptedOut({ code }: TwilioTrouble): boolean {
	return code === 21610;
}

/** isUnauthorized says whether the account's credentials were refused. */
export function isUnauthorized({ status, code }: TwilioTrouble): boolean {
	return status === 401 || code === 20003;
}

/** isOutage says whether Twilio is out of order or out of reach, rather than of another opinion. */
export function isOutage({ status }: TwilioTrouble): boolean {
	return status === undefined || status >= 500;
}

/** mayHaveBeenSent says whether a text may be on its way although the call failed. */
export function mayHaveBeenSent({ status, network }: TwilioTrouble): boolean {
	if (status === undefined) return network === undefined || !NOT_SENT.has(network);
	return status >= 500 && status !== 503;
}

/** failureOf says what the core should do: give up, try again, or tell that it may come twice. */
export function failureOf(trouble: TwilioTrouble): DeliveryFailure {
	const { status, code, message, network, retryAfterMs } = trouble;
	const hint = code === undefined ? undefined : HINTS[code];
	const facts = {
		code: isOptedOut(trouble) ? 'opted-out' : `twilio-${code ?? network?.toLowerCase() ?? status ?? 'failed'}`,
		message: `Twilio did not take the text: ${message}`,
		...(hint === undefined ? {} : { hint }),
	};
	if (status === 429 || code === 20429) {
		return new DeliveryFailure({
			kind: 'retryable',
			...facts,
			...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		});
	}
	if (mayHaveBeenSent(trouble)) return new DeliveryFailure({ kind: 'unknown-outcome', ...facts });
	// A wrong token is mended by the operator, and then the text can still go out.
	const heals = status === undefined || status === 503 || isUnauthorized(trouble);
	return new DeliveryFailure({ kind: heals ? 'retryable' : 'permanent', ...facts });
}
