import { homeOf } from '../../domain/conversation/places.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { parseNotify } from '../../domain/person/notify-words.ts';
import { ownTimeZone, type PersonView, type Preferences } from '../../domain/person/person-view.ts';
import { parseQuiet, parseTimeZone } from '../../domain/person/quiet-hours.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import {
	accountLine,
	accountsReply,
	code,
	notifyReply,
	peopleReply,
	quietReply,
	shownCode,
	zoneReply,
} from '../render/people.ts';

/** PEOPLE_COMMANDS are the commands about who is who. */
export const PEOPLE_COMMANDS = [
	'link',
	'unlink',
	'accounts',
	'pair',
	'refuse',
	'people',
	'notify',
	'quiet',
	'timezone',
] as const;

export type PeopleCommandName = (typeof PEOPLE_COMMANDS)[number];

/** isPeopleCommand tells them from the other commands. */
export function isPeopleCommand(name: string): name is PeopleCommandName {
	return (PEOPLE_COMMANDS as readonly string[]).includes(name);
}

/** PeopleCommandCall is such a command as it was written. */
export interface PeopleCommandCall {
	readonly name: PeopleCommandName;
	/** Everything after the name. */
	readonly rest: string;
	readonly conversation: ConversationId;
	/** False where others read along. */
	readonly direct: boolean;
}

/** Nobody else is to read codes, phone numbers and who else is here. */
const PRIVATE: readonly PeopleCommandName[] = ['link', 'accounts', 'people'];

/** runPeopleCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runPeopleCommand(
	people: IPeopleDesk,
	principal: Principal,
	call: PeopleCommandCall,
): Promise<string> {
	if (!call.direct && PRIVATE.includes(call.name)) return `Others can read this. Write me \`/${call.name}\` privately.`;
	try {
		return await COMMANDS[call.name]({ people, principal, call, words: call.rest.trim() });
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

interface Context {
	readonly people: IPeopleDesk;
	readonly principal: Principal;
	readonly call: PeopleCommandCall;
	readonly words: string;
}

const COMMANDS: Readonly<Record<PeopleCommandName, (context: Context) => Promise<string>>> = {
	link,
	unlink,
	accounts: async ({ people, principal }) => accountsReply(await own(people, principal)),
	pair,
	async refuse({ people, principal, words }) {
		if (words === '') return 'Write `/refuse CODE`; `/people` lists who waits.';
		await people.refuse(principal, words);
		return `They are turned away and get no new code. Should you change your mind: \`/pair\` ${shownCode(words)}.`;
	},
	async people({ people, principal }) {
		const waiting = await people.pairings(principal);
		return peopleReply(await people.list(principal), waiting);
	},
	async notify({ people, principal, words }) {
		const { preferences } = await own(people, principal);
		if (words === '') {
			return `${notifyReply(preferences)}\n\nChange it with \`/notify telegram\`, \`/notify questions sms\` or \`/notify off\`.`;
		}
		const notify = parseNotify(words, preferences.notify);
		return notifyReply((await people.setPreferences(principal, { notify })).preferences);
	},
	async quiet({ people, principal, words }) {
		const { preferences } = await own(people, principal);
		if (words === '') {
			return `${quietReply(preferences)}\n\nChange it with \`/quiet 22:00-07:00 Europe/Berlin\` or \`/quiet off\`.`;
		}
		const change: Partial<Preferences> = { quiet: parseQuiet(words, ownTimeZone(preferences)) };
		return quietReply((await people.setPreferences(principal, change)).preferences);
	},
	async timezone({ people, principal, words }) {
		const { preferences } = await own(people, principal);
		if (words === '') {
			return `${zoneReply(preferences)}\n\nChange it with \`/timezone Europe/Berlin\` or \`/timezone off\`.`;
		}
		const timeZone = parseTimeZone(words);
		const { quiet } = preferences;
		// The night moves with whoever sleeps.
		const moves = timeZone !== undefined && quiet !== undefined && quiet.timeZone === ownTimeZone(preferences);
		const change: Partial<Preferences> = { timeZone, ...(moves ? { quiet: { ...quiet, timeZone } } : {}) };
		return zoneReply((await people.setPreferences(principal, change)).preferences);
	},
};

/** A stranger's `/link CODE` was taken at the door, so that whoever comes here with a code is known already, often by that very code. */
async function link({ people, principal, words }: Context): Promise<string> {
	if (words !== '') {
		const { identities } = await own(people, principal);
		return [
			`This account is linked to you. Yours are: ${accountLine(identities)}.`,
			'To link it to somebody else, `/unlink` it first, then send a new code.',
		].join(' ');
	}
	const { code: issued } = await people.issueLinkCode(principal);
	return [
		`Your link code is **${issued}**. It works once, within ten minutes.`,
		`Write \`/link ${issued}\` to me from the account you want to add, privately, on whatever platform it is.`,
		'Whoever sends it gets in as you: show it to nobody.',
	].join('\n\n');
}

async function unlink({ people, principal, call, words }: Context): Promise<string> {
	const { identities } = await own(people, principal);
	if (words === '') return `Which one? Write \`/unlink\` and its number or name: ${accountLine(identities)}.`;
	const number = /^#?(\d{1,3})\.?$/.exec(words)?.[1];
	const identity = number === undefined ? words.replaceAll('`', '') : identities[Number(number) - 1]?.identity;
	if (identity === undefined) return `You have no account number ${number}. \`/accounts\` lists yours.`;
	const left = await people.unlink(principal, identity);
	if (left.id !== principal.person) return `${code(identity)} is not linked to ${code(left.name ?? left.id)} any more.`;
	const here =
		homeOf(identity) === call.conversation ? ' It is the one you write from: I will not know you here any more.' : '';
	return `${code(identity)} is not linked to you any more.${here} Left are: ${accountLine(left.identities)}.`;
}

async function pair({ people, principal, words }: Context): Promise<string> {
	const found = /^(.*?)(?:\s+(?:as\s+)?(?:an?\s+)?(member|guest|owner))?$/is.exec(words);
	const [, stranger = '', role = 'member'] = found ?? [];
	if (stranger === '')
		return 'Write `/pair CODE`, or `/pair CODE guest`; `/people` lists who waits. An account such as `telegram:4711` will do too.';
	if (role.toLowerCase() === 'owner')
		return 'Let them in as a member first; an owner can make them an owner after that.';
	const person = await people.pair(principal, stranger, role.toLowerCase() === 'guest' ? 'guest' : 'member');
	return `${code(person.name ?? person.id)} is let in as a ${person.role}, with ${accountLine(person.identities)}.`;
}

async function own(people: IPeopleDesk, { person }: Principal): Promise<PersonView> {
	const view = await people.view(person);
	return view ?? { id: person, role: 'guest', identities: [], tokens: [], preferences: { notify: {} } };
}
