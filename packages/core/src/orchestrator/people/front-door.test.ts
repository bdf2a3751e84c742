import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asConversationId, asPersonId, PEOPLE_STREAM } from '../../domain/ids.ts';
import type { InboundMessage } from '../../ports/frontend.ts';
import type { ILogger } from '../../ports/logger.ts';
import { type OpenPeople, openPeople } from '../../testing/open-people.ts';
import type { Principal } from '../desks/desk.ts';
import { FrontDoor } from './front-door.ts';

const OWNER: Principal = { person: asPersonId('owner'), role: 'owner' };
const log: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

let people: OpenPeople;
let taken: { principal: Principal; text: string }[];
let door: FrontDoor;
beforeEach(() => {
	people = openPeople({ owners: ['discord:1'] });
	taken = [];
	const receive = async (principal: Principal, { text }: InboundMessage) => {
		taken.push({ principal, text });
		return { id: `m${taken.length}` };
	};
	door = new FrontDoor({ people: people.desk, conversations: { receive }, log, clock: people.clock });
});
afterEach(() => people.close());

const message = (identity: string, text = 'Buy tea', over: Partial<InboundMessage> = {}): InboundMessage => ({
	frontend: 'telegram',
	conversation: asConversationId(`telegram-${identity}`),
	identity,
	name: 'Ann',
	direct: true,
	platformMessageId: '1',
	text,
	attachments: [],
	at: 1,
	...over,
});
const refused = async (one: InboundMessage) => {
	try {
		return await door.receive(one);
	} catch (error) {
		const { code, message, hint } = error as { code: string; message: string; hint: string };
		return { code, words: `${message} ${hint}` };
	}
};

describe('at the front door', () => {
	it('known people’s messages go on as theirs', async () => {
		const ann = await people.letIn('telegram:2', 'guest');
		expect(await door.receive(message('discord:1'))).toEqual({ id: 'm1' });
		await door.receive(message('telegram:2'));
		expect(taken.map(({ principal }) => principal)).toEqual([OWNER, ann]);
	});

	it('a stranger gets a code and words that say what to do, the same each time, and is let in once it is approved', async () => {
		const first = await refused(message('telegram:2'));
		const [waiting] = await people.desk.pairings(OWNER);
		expect(waiting).toMatchObject({ identity: 'telegram:2', name: 'Ann' });
		expect(first).toMatchObject({ code: 'unpaired', words: expect.stringContaining(`/pair ${waiting?.code}`) });
		expect(first).toSatisfy(({ words }: { words: string }) => words.length <= 160);
		expect(await refused(message('telegram:2', 'Hello?'))).toEqual(first);
		expect(taken).toEqual([]);
		const { id } = await people.desk.pair(OWNER, waiting?.code ?? '', 'member');
		await door.receive(message('telegram:2', 'Hello again'));
		expect(taken).toEqual([{ principal: { person: id, role: 'member' }, text: 'Hello again' }]);
	});

	it('whom the owner refused hears that, without a code', async () => {
		await refused(message('telegram:2'));
		await people.desk.refuse(OWNER, 'telegram:2');
		expect(await refused(message('telegram:2'))).toEqual({
			code: 'unpaired',
			words: 'The owner of this server has declined. Only the owner can change that.',
		});
	});

	it.each(['/link CODE', ' /LINK code ', '/link@errand_bot CODE', 'link CODE', 'Link CODE'])(
		'%s from a stranger links their account, and the message goes on as theirs',
		async (text) => {
			const ann = await people.letIn('discord:2');
			const { code } = await people.desk.issueLinkCode(ann);
			const words = text.replace('CODE', code).replace('code', code.toLowerCase().replace('-', ' '));
			await door.receive(message('telegram:2', words));
			await door.receive(message('telegram:2'));
			expect(taken.map(({ principal }) => principal)).toEqual([ann, ann]);
			expect(taken[0]?.text).toMatch(/^\/link \S/);
		},
	);

	it('a link code is not taken where others read along, and stays good', async () => {
		const { code } = await people.desk.issueLinkCode(OWNER);
		expect(await refused(message('telegram:2', `/link ${code}`, { direct: false }))).toMatchObject({
			code: 'unpaired',
			words: expect.stringContaining('privately'),
		});
		await door.receive(message('telegram:2', `/link ${code}`));
		expect(taken).toHaveLength(1);
	});

	it('words about links are words like others', async () => {
		for (const text of ['link me to a good recipe', 'link', '/link', 'link calendar', 'Link this page']) {
			expect(await refused(message('telegram:2', text))).toMatchObject({ words: expect.stringContaining('/pair') });
		}
		expect(await refused(message('telegram:2', '/link abc'))).toMatchObject({ code: 'invalid-input' });
	});

	it('a stranger who does not stop is held up, and others are not', async () => {
		const codes = [];
		for (let n = 0; n < 15; n++) codes.push(((await refused(message('telegram:2'))) as { code: string }).code);
		expect(codes.filter((code) => code === 'unpaired')).toHaveLength(10);
		expect(codes.at(-1)).toBe('rate-limited');
		expect(await refused(message('telegram:3'))).toMatchObject({ code: 'unpaired' });
		await people.clock.advance(30_000);
		expect(await refused(message('telegram:2'))).toMatchObject({ code: 'unpaired' });
	});

	it('a stranger who waits hears their code again while others flood in', async () => {
		const waiting = await refused(message('telegram:2'));
		for (let n = 10; n < 300; n++) {
			await refused(message(`telegram:${n}`));
			if (n % 50 === 0) expect(await refused(message('telegram:2'))).toEqual(waiting);
		}
		expect(await refused(message('telegram:999'))).toMatchObject({ code: 'rate-limited' });
	});

	it('a flood of accounts fills neither history nor the list of who waits, and shuts out nobody who is known or has a code', async () => {
		const ann = await people.letIn('discord:2');
		await Promise.all(Array.from({ length: 2_000 }, (_, n) => refused(message(`telegram:${n}`))));
		const facts = await people.store.events.read(PEOPLE_STREAM, 0);
		expect(facts.length).toBeLessThanOrEqual(90);
		expect(await people.desk.pairings(OWNER)).toHaveLength(80);
		await door.receive(message('discord:2'));
		const { code } = await people.desk.issueLinkCode(ann);
		await door.receive(message('sms:+1', `/link ${code}`));
		expect(taken.map(({ principal }) => principal)).toEqual([ann, ann]);
	});

	it('a flood of wrong link codes is told little, and the right one is heard in it', async () => {
		const ann = await people.letIn('discord:2');
		const wrong = await Promise.all(
			Array.from({ length: 500 }, (_, n) => refused(message(`telegram:${n}`, '/link AAAA-1111'))),
		);
		const told = (code: string) => wrong.filter((one) => 'code' in one && one.code === code).length;
		expect([told('invalid-input'), told('rate-limited')]).toEqual([50, 450]);
		const { code } = await people.desk.issueLinkCode(ann);
		await door.receive(message('sms:+1', `/link ${code}`));
		expect(taken.map(({ principal }) => principal)).toEqual([ann]);
	});
});
