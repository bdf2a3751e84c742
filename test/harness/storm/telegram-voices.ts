import type { Fault } from '../../support/telegram/faults.ts';
import type { TelegramPerson } from '../../support/telegram/telegram-person.ts';
import type { TelegramServer } from '../../support/telegram/telegram-server.ts';
import type { StormFrontend } from './storm-voice.ts';

const SENDING: Readonly<Record<'limited' | 'error' | 'lost', Fault>> = {
	limited: { kind: 'too-many', retryAfter: 1 },
	error: { kind: 'error', status: 500 },
	lost: { kind: 'lost-answer' },
};
const POLLING: readonly Fault[] = [
	{ kind: 'error', status: 502 },
	{ kind: 'lost-answer' },
	{ kind: 'too-many', retryAfter: 1 },
	{ kind: 'disconnect' },
];

/** telegramVoices are people who write to the bot in private; it polls. */
export function telegramVoices(telegram: TelegramServer, people: readonly TelegramPerson[]): StormFrontend {
	let polls = 0;
	let doubled = 0;
	return {
		name: 'telegram',
		voices: people.map((person) => ({
			conversation: `telegram-${person.id}`,
			say: async ({ text }, { twice, inbound, outbound }) => {
				if (outbound !== undefined) telegram.faults.plan('sendMessage', SENDING[outbound]);
				const fault = POLLING[polls % POLLING.length];
				if (inbound && fault !== undefined) {
					telegram.faults.plan('getUpdates', fault);
					polls++;
				}
				// The same update twice, or the same message in an update of its own.
				const asUpdate = twice && doubled++ % 2 === 0;
				if (asUpdate) telegram.updates.double(1);
				const id = String(person.say(text));
				if (twice && !asUpdate) telegram.updates.again();
				return id;
			},
			sees: () => person.sees().map((message) => message.text),
		})),
		window: 60,
		deduplicates: false,
	};
}
