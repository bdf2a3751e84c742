/** twimlMessages are the texts that an answer in TwiML wants sent; throws for what Twilio could not parse. */
export function twimlMessages(body: string): string[] {
	const document = /^<\?xml version="1\.0" encoding="UTF-8"\?><Response>(.*)<\/Response>$/s.exec(body)?.[1];
	if (document === undefined) throw new Error(`This is no TwiML: ${body.slice(0, 200)}`);
	const messages: string[] = [];
	const rest = document.replace(/<Message>([^<]*)<\/Message>/g, (_, words: string) => {
		messages.push(plain(words));
		return '';
	});
	if (rest !== '') throw new Error(`TwiML knows nothing of this: ${rest.slice(0, 200)}`);
	return messages;
}

const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(words: string): string {
	if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(words)) throw new Error(`An "&" stands alone in ${words.slice(0, 200)}`);
	if (/(?![\t\n\r])\p{Cc}/u.test(words)) throw new Error('A control character cannot stand in XML.');
	return words.replace(/&(\w+);/g, (_, name: string) => SIGNS[name] ?? '');
}
