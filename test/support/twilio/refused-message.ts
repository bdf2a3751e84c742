/** refusedMessage is why Twilio takes no such text, as its code and its words; nothing if it takes it. */
export function refusedMessage(
	{ to, from, body, mediaUrls }: { to: string; from: string; body: string; mediaUrls: readonly string[] },
	{ number, hasOptedOut }: { number: string; hasOptedOut: boolean },
): readonly [code: number, message: string] | undefined {
	if (!/^\+[1-9]\d{6,14}$/.test(to)) return [21211, `Invalid 'To' Phone Number: ${to}`];
	if (from !== number) return [21606, `The 'From' phone number ${from} is not a valid number`];
	if (body === '' && mediaUrls.length === 0) return [21619, 'A text message body or media urls must be specified.'];
	if (body.length > 1_600) return [21617, 'The concatenated message body exceeds the 1600 character limit'];
	return hasOptedOut ? [21610, 'Attempt to send to unsubscribed recipient'] : undefined;
}
