import { readCode, showCode } from '../../domain/person/code-words.ts';
import {
	type LinkedIdentity,
	ownTimeZone,
	type PairingView,
	type PersonView,
	type Preferences,
} from '../../domain/person/person-view.ts';
import { frontendWords } from './delivery.ts';

/** accountsReply answers `/accounts`: what is known of the person who asks. */
export function accountsReply({ role, identities, tokens, preferences }: PersonView): string {
	return [
		`You are ${ROLE_WORDS[role]} here.`,
		identities.length === 0 ? 'No account is linked to you.' : `Your accounts:\n\n${numbered(identities)}`,
		...(tokens.length === 0
			? []
			: [`Your API tokens:\n\n${bullets(tokens.map(({ id, name }) => `${code(name)} (${id})`))}`]),
		notifyReply(preferences),
		quietReply(preferences),
		zoneReply(preferences),
		'`/link` adds an account, `/unlink 1` takes one away.',
	].join('\n\n');
}

/** peopleReply answers `/people`: everybody, and who waits to be let in. */
export function peopleReply(people: readonly PersonView[], waiting: readonly PairingView[]): string {
	const known = people.map(({ id, name, role, identities }) => {
		const accounts = identities.map(({ identity }) => code(identity)).join(', ');
		return `${code(name ?? id)} – ${role}${accounts === '' ? ', no accounts' : `: ${accounts}`}`;
	});
	if (waiting.length === 0) return `${bullets(known)}\n\nNobody waits to be let in.`;
	const strangers = waiting.map((one) => `${shownCode(one.code)} – ${stranger(one)}`);
	return [
		bullets(known),
		`Waiting to be let in:\n\n${bullets(strangers)}`,
		'`/pair CODE` lets somebody in as a member, `/pair CODE guest` as a guest, `/refuse CODE` turns them away.',
	].join('\n\n');
}

/** accountLine lists accounts in one sentence. */
export function accountLine(identities: readonly LinkedIdentity[]): string {
	return identities.map(({ identity }) => code(identity)).join(', ') || 'none';
}

/** notifyReply says where somebody is told besides where they asked. */
export function notifyReply({ notify: { questions, answers } }: Pick<Preferences, 'notify'>): string {
	if (questions === undefined && answers === undefined) {
		return 'Questions and answers come where you asked, and nowhere else.';
	}
	const on = (name: string) => (name === 'sms' ? 'by SMS' : `on ${frontendWords(name)}`);
	if (questions !== undefined && questions === answers) return `Questions and answers come ${on(questions)} as well.`;
	const told = [
		...(questions === undefined ? [] : [`Questions come ${on(questions)} as well.`]),
		...(answers === undefined ? [] : [`Answers come ${on(answers)} as well.`]),
	];
	return told.join(' ');
}

/** quietReply says when nothing rings. */
export function quietReply({ quiet }: Pick<Preferences, 'quiet'>): string {
	if (quiet === undefined) return 'You have no quiet hours.';
	return `Nothing rings between ${quiet.from} and ${quiet.to} (${quiet.timeZone}); it comes after that.`;
}

/** zoneReply says whose clock their times are read by. */
export function zoneReply(preferences: Preferences): string {
	const zone = ownTimeZone(preferences);
	if (zone === undefined) return "You have set no time zone: times you write are meant in the server's.";
	const { timeZone, quiet } = preferences;
	if (timeZone === undefined) return `Times you write are meant in ${zone}, that of your quiet hours.`;
	const elsewhere =
		quiet === undefined || quiet.timeZone === timeZone ? '' : ` Your quiet hours stay in ${quiet.timeZone}.`;
	return `Times you write are meant in ${zone}; schedules you have keep theirs.${elsewhere}`;
}

/** shownCode writes a code as it is typed after a command. */
export function shownCode(text: string): string {
	return code(showCode(readCode(text) ?? text));
}

/** code shows words that somebody else chose, as they are: nothing in them is Markdown. */
export function code(words: string): string {
	return `\`${words.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
}

const ROLE_WORDS: Readonly<Record<PersonView['role'], string>> = {
	owner: 'an owner',
	member: 'a member',
	guest: 'a guest',
};

function stranger({ identity, name }: PairingView): string {
	return name === undefined ? code(identity) : `${code(name)} (${code(identity)})`;
}

function numbered(identities: readonly LinkedIdentity[]): string {
	return identities
		.map(({ identity, name, linkedAt }, index) => {
			const known = name === undefined ? '' : ` (${code(name)})`;
			return `${index + 1}. ${code(identity)}${known}${linkedAt === undefined ? ', by configuration' : ''}`;
		})
		.join('\n');
}

function bullets(lines: readonly string[]): string {
	return lines.map((line) => `- ${line}`).join('\n');
}
