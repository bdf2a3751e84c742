const REASONS: Readonly<Record<string, string>> = {
	'21610': 'they replied STOP',
	'30003': 'the phone is off or out of reach',
	'30004': 'the number blocks messages',
	'30005': 'there is no such number',
	'30006': 'the number is a landline or cannot receive texts',
	'30007': 'the carrier filtered it',
	'30008': 'the carrier gave no reason',
	'30034': 'the sending number is not registered with US carriers (A2P 10DLC)',
	'30410': 'the carrier did not answer in time',
};

/** undeliveredReason words why a text that Twilio took did not arrive. */
export function undeliveredReason(errorCode: string | undefined): string {
	const reason = errorCode === undefined ? undefined : REASONS[errorCode];
	return `The text did not arrive: ${reason ?? `Twilio’s error ${errorCode ?? 'is not named'}`}.`;
}
