import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asConversationId, asPersonId } from '../../domain/ids.ts';
import { type OpenPeople, openPeople } from '../../testing/open-people.ts';
import type { Principal } from '../desks/desk.ts';
import { isPeopleCommand, PEOPLE_COMMANDS, type PeopleCommandName, runPeopleCommand } from './people-commands.ts';

const OWNER: Principal = { person: asPersonId('owner'), role: 'owner' };

let people: OpenPeople;
let ann: Principal;
beforeEach(async () => {
	people = openPeople({ owners: ['discord:1'] });
	ann = await people.letIn('telegram:2');
});
afterEach(() => people.close());

const say = (principal: Principal, text: string, direct = true) => {
	const [, name = '', rest = ''] = /^\/(\w+)\s*(.*)$/s.exec(text) ?? [];
	const call = { name: name as PeopleCommandName, rest, conversation: asConversationId('telegram-2'), direct };
	return runPeopleCommand(people.desk, principal, call);
};
const identities = async ({ person }: Principal) =>
	(await people.desk.view(person))?.identities.map(({ identity }) => identity);

describe('/link', () => {
	it('gives a code that links another account, and says how to use it', async () => {
		const reply = await say(ann, '/link');
		const [, code = ''] = /\*\*(\S+)\*\*/.exec(reply) ?? [];
		expect(reply).toContain(`/link ${code}`);
		await people.desk.link('sms:+1', code, undefined);
		expect(await identities(ann)).toEqual(['telegram:2', 'sms:+1']);
	});

	it('with a code says whose the account is, and uses nothing up', async () => {
		const { code } = await people.desk.issueLinkCode(OWNER);
		expect(await say(ann, `/link ${code}`)).toMatch(/linked to you\. Yours are: `telegram:2`.*\/unlink/);
		await people.desk.link('sms:+1', code, undefined);
	});

	it('shows no code where others read along', async () => {
		for (const command of ['/link', '/accounts', '/people'])
			expect(await say(OWNER, command, false)).toMatch(/privately/);
	});
});

describe('/unlink', () => {
	it('takes an account by its number or its name', async () => {
		await people.desk.link('sms:+1', (await people.desk.issueLinkCode(ann)).code, undefined);
		expect(await say(ann, '/unlink')).toContain('`telegram:2`, `sms:+1`');
		expect(await say(ann, '/unlink 3')).toContain('no account number 3');
		expect(await say(ann, '/unlink 2')).toContain('Left are: `telegram:2`');
		expect(await say(ann, '/unlink telegram:2')).toMatch(/you write from.*Left are: none/);
		expect(await identities(ann)).toEqual([]);
	});

	it('lets the owner take anybody’s, and a member nobody else’s', async () => {
		const bob = await people.letIn('telegram:3');
		expect(await say(ann, '/unlink telegram:3')).toContain('No account "telegram:3" is linked');
		expect(await say(ann, '/unlink discord:1')).toContain('configuration');
		expect(await say(OWNER, '/unlink telegram:3')).toContain('not linked to');
		expect(await identities(bob)).toEqual([]);
	});
});

describe('/pair and /refuse', () => {
	it.each([
		['CODE', 'member'],
		['code guest', 'guest'],
		['CODE as a guest', 'guest'],
		['telegram:9 member', 'member'],
	])('/pair %s lets somebody in as a %s', async (words, role) => {
		const { code } = await people.desk.requestPairing('telegram:9', 'Cy');
		const reply = await say(
			OWNER,
			`/pair ${words.replace('CODE', code).replace('code', code.toLowerCase().replace('-', ' '))}`,
		);
		expect(reply).toBe(`\`Cy\` is let in as a ${role}, with \`telegram:9\`.`);
		expect(await people.desk.whoIs('telegram:9')).toMatchObject({ role });
	});

	it('are the owner’s', async () => {
		const { code } = await people.desk.requestPairing('telegram:9', undefined);
		for (const command of [`/pair ${code}`, `/refuse ${code}`, '/people'])
			expect(await say(ann, command)).toMatch(/[Oo]nly the owner/);
		expect(await people.desk.whoIs('telegram:9')).toBeUndefined();
	});

	it('say what is missing or wrong', async () => {
		expect(await say(OWNER, '/pair')).toContain('/pair CODE');
		expect(await say(OWNER, '/refuse')).toContain('/refuse CODE');
		expect(await say(OWNER, '/pair K7QF-2M9D')).toContain('Nobody waits with the code K7QF-2M9D');
		expect(await say(OWNER, '/pair K7QF-2M9D owner')).toContain('member first');
	});

	it('turn somebody away, and let them in after all by what the reply says', async () => {
		const { code } = await people.desk.requestPairing('telegram:9', undefined);
		expect(await say(OWNER, `/refuse ${code}`)).toContain(code);
		expect(await say(OWNER, `/pair ${code}`)).toContain('is let in');
	});
});

describe('/people and /accounts', () => {
	it('show the owner everybody and who waits, and nothing a name says as Markdown', async () => {
		const { code } = await people.desk.requestPairing('telegram:9', '**Evil** [x](http://a) `b`\n# c');
		const reply = await say(OWNER, '/people');
		expect(reply).toContain('`owner` – owner: `discord:1`');
		expect(reply).toContain(`\`${ann.person}\` – member: \`telegram:2\``);
		expect(reply).toContain(`- \`${code}\` – \`**Evil** [x](http://a) 'b'# c\` (\`telegram:9\`)`);
		await say(OWNER, `/refuse ${code}`);
		expect(await say(OWNER, '/people')).toContain('Nobody waits');
	});

	it('show a person their own', async () => {
		await people.desk.issueToken(ann, 'laptop');
		const reply = await say(ann, '/accounts');
		expect(reply).toMatch(/You are a member here.*1\. `telegram:2`.*`laptop`.*nowhere else.*no quiet hours/s);
		expect(await say(OWNER, '/accounts')).toContain('1. `discord:1`, by configuration');
	});
});

describe('/notify and /quiet', () => {
	it('say what holds, and change it', async () => {
		expect(await say(ann, '/notify')).toContain('nowhere else');
		expect(await say(ann, '/notify telegram')).toBe('Questions and answers come on Telegram as well.');
		expect(await say(ann, '/notify answers off')).toBe('Questions come on Telegram as well.');
		expect(await say(ann, '/notify sms')).toContain('no account on "sms"');
		expect(await say(ann, '/notify fax')).toContain('/notify telegram');
		expect(await say(ann, '/notify off')).toContain('nowhere else');
		expect(await say(ann, '/quiet')).toContain('no quiet hours');
		expect(await say(ann, '/quiet 22-7')).toContain('time zone');
		expect(await say(ann, '/quiet 22-7 Europe/Berlin')).toContain('between 22:00 and 07:00 (Europe/Berlin)');
		expect(await say(ann, '/quiet 23-6')).toContain('between 23:00 and 06:00 (Europe/Berlin)');
		expect(await say(ann, '/quiet off')).toContain('no quiet hours');
	});

	it('go by the time zone that /timezone sets, by name, city or abbreviation', async () => {
		expect(await say(ann, '/timezone')).toContain("the server's");
		expect(await say(ann, '/timezone Berlin')).toContain('meant in Europe/Berlin');
		expect(await say(ann, '/quiet 22-7')).toContain('between 22:00 and 07:00 (Europe/Berlin)');
		expect(await say(ann, '/quiet 22-7 new york')).toContain('(America/New_York)');
		expect(await say(ann, '/timezone europe/madrid')).toContain('Your quiet hours stay in America/New_York');
		expect(await say(ann, '/quiet 22-7')).toContain('(Europe/Madrid)');
		expect(await say(ann, '/timezone JST')).not.toContain('stay in');
		expect(await say(ann, '/quiet')).toContain('(Asia/Tokyo)');
		expect(await say(ann, '/timezone Atlantis')).toMatch(/"Atlantis" is no time zone.*Europe\/Berlin/);
		expect(await say(ann, '/accounts')).toContain('meant in Asia/Tokyo');
		expect(await say(ann, '/timezone off')).toContain('that of your quiet hours');
		expect(await say(ann, '/quiet off')).toContain('no quiet hours');
		expect(await say(ann, '/timezone')).toContain("the server's");
	});
});

it('the list of commands tells them from others', () => {
	expect(PEOPLE_COMMANDS.every(isPeopleCommand)).toBe(true);
	expect(['tasks', 'constructor', ''].some(isPeopleCommand)).toBe(false);
});
