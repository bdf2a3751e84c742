import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import { confirm } from '../setup/confirm.ts';
import { chooseOwner } from './owners.ts';
import { askPublicUrl } from './public-url.ts';
import { type ITwilioApi, type TwilioNumber, twilioApi } from './twilio-api.ts';
import { askFor, askSecret, type Outcome, tryOut, untilItWorks, type Walk } from './walk.ts';

interface Keys {
	readonly accountSid: string;
	readonly authToken: string;
}

/** setUpSms leads from a Twilio account to a number whose messages arrive. */
export async function setUpSms(walk: Walk): Promise<Outcome> {
	const { asker, typed, known, signal } = walk;
	asker.say('');
	asker.say(
		'Messages go through a Twilio account (https://console.twilio.com): its page “Account Info” shows the account',
	);
	asker.say('SID and the auth token; “Phone Numbers” has the number, or sells one.');
	const open = (keys: Keys) => twilioApi(known['TWILIO_API_URL'], { ...keys, signal });
	const { value: keys, found: account } = await untilItWorks(walk, {
		what: 'Asking Twilio about it',
		ask: async (before: Keys | undefined) => ({
			accountSid: await askFor(walk, {
				flag: '--account',
				words: 'Account SID:',
				byDefault: before?.accountSid ?? typed.account ?? known['TWILIO_ACCOUNT_SID'],
				read: (text) => (/^AC[0-9a-f]{32}$/i.test(text) ? text : undefined),
				wrong: 'An account SID is AC and 32 digits or letters from a to f.',
			}),
			authToken: await askSecret(walk, {
				name: 'TWILIO_AUTH_TOKEN',
				words: 'Auth token',
				before: before?.authToken,
			}),
		}),
		check: (keys: Keys) => open(keys).account(),
	});
	const changes = { TWILIO_ACCOUNT_SID: keys.accountSid, TWILIO_AUTH_TOKEN: keys.authToken };
	if (account === undefined) return { changes, works: false, next: [] };

	const active = account.status === 'active';
	asker.say(`  ${active ? '✓' : '✗'} This is the account “${cleanLine(account.name)}”, ${cleanLine(account.status)}.`);
	if (!active) asker.say('    It cannot send: look into the Twilio console.');
	if (account.trial)
		asker.say('    It is a trial: it writes to numbers only that you have verified in the Twilio console.');
	const api = open(keys);
	const { number, found } = await chooseNumber(walk, api);
	const { publicUrl, works: reached } = await askPublicUrl(walk, { standIn: known['TWILIO_API_URL'] !== undefined });
	const led = found !== undefined && reached && (await leadMessages(walk, { api, number: found, publicUrl }));
	const owner = await chooseOwner(walk, {
		frontend: 'sms',
		explain: ['Errand answers you without letting you in first when it knows your number.'],
		words: 'Your own phone number',
		read: readNumber,
		wrong: WRONG_NUMBER,
	});
	return {
		changes: { ...changes, TWILIO_PHONE_NUMBER: number, ERRAND_PUBLIC_URL: publicUrl, ...owner },
		works: active && reached && led,
		next: [`Write to ${number} once Errand runs.`],
	};
}

const WRONG_NUMBER = 'A number begins with + and the code of the country, such as +15551230001.';

async function chooseNumber(walk: Walk, api: ITwilioApi): Promise<{ number: string; found: TwilioNumber | undefined }> {
	const { asker, typed, known } = walk;
	const numbers = (await tryOut(walk, 'Asking for its numbers', () => api.numbers())) ?? [];
	const present = typed.number ?? known['TWILIO_PHONE_NUMBER'];
	const chosen =
		typed.yes || typed.number !== undefined || numbers.length === 0
			? undefined
			: await asker.choose('Which number should Errand write from?', choicesOf(numbers, present));
	const byDefault = present ?? (numbers.length === 1 ? numbers[0]?.number : undefined);
	const number =
		chosen ??
		readNumber(typed.number ?? '') ??
		(await askFor(walk, {
			flag: '--number',
			words: 'The number that Errand writes from:',
			byDefault,
			read: readNumber,
			wrong: WRONG_NUMBER,
		}));
	const found = numbers.find((each) => each.number === number);
	if (found === undefined) asker.say(`  ✗ The account has no number ${number}. Buy one in the Twilio console.`);
	else if (!found.sms) asker.say(`  ✗ ${number} cannot do SMS; choose one that can.`);
	else asker.say(`  ✓ ${number} is one of the account’s and can do SMS${found.mms ? ' and MMS' : ''}.`);
	return { number, found: found?.sms ? found : undefined };
}

function choicesOf(numbers: readonly TwilioNumber[], present: string | undefined) {
	const ordered = numbers.toSorted((a, b) => Number(b.number === present) - Number(a.number === present));
	return [
		...ordered.map(({ number, sms }) => ({ words: sms ? number : `${number} (no SMS)`, value: number })),
		{ words: 'another: type it', value: undefined },
	];
}

// Without this Twilio gives a message up that Errand could not take at once (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
const TRIED_AGAIN = '#rc=3&rp=all';

/** Says where messages to the number go, and leads them to Errand if it may. */
async function leadMessages(
	walk: Walk,
	{ api, number, publicUrl }: { api: ITwilioApi; number: TwilioNumber; publicUrl: string },
): Promise<boolean> {
	const { asker, typed } = walk;
	const wanted = `${publicUrl}/twilio/sms${TRIED_AGAIN}`;
	if (number.smsUrl === wanted && number.smsMethod === 'POST' && number.smsApplication === '') {
		asker.say(`  ✓ Messages to ${number.number} go to ${wanted} already.`);
		return true;
	}
	const now = number.smsApplication !== '' ? `the application ${number.smsApplication}` : number.smsUrl || 'nobody';
	asker.say(`  ! Messages to ${number.number} go to ${cleanLine(now)} now.`);
	if (!typed.yes && !(await confirm(asker, `Lead them to ${wanted}?`, true))) {
		asker.say(`    Then enter that address for the number yourself: “A message comes in”, Webhook, HTTP POST.`);
		return false;
	}
	const led = await tryOut(walk, 'Leading them there', async () => {
		await api.sendMessagesTo(number.sid, wanted);
		return true;
	});
	if (led === undefined) return false;
	asker.say(`  ✓ Messages to ${number.number} go to ${wanted}.`);
	return true;
}

function readNumber(text: string): string | undefined {
	const plain = text.replace(/[\s().-]/g, '').replace(/^00/, '+');
	return /^\+[1-9]\d{6,14}$/.test(plain) ? plain : undefined;
}
