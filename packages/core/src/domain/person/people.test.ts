import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erasedFactType } from '../history/erased.ts';
import { asPersonId } from '../ids.ts';
import type { PeopleCommand } from './commands.ts';
import { decidePeople } from './decide-people.ts';
import { evolvePeople } from './evolve-people.ts';
import type { RecordedPeopleFact } from './facts.ts';
import { factsAbout } from './facts-about.ts';
import { NEW_DIRECTORY, OWNER_ID, openPairings, PEOPLE_LIMITS, type People, personOfIdentity } from './state.ts';

const HOUR = 3_600_000;
const [ann, bob] = [asPersonId('p-ann'), asPersonId('p-bob')];

/** A directory with a past; commands either add facts or say with which code they were refused. */
class Directory {
	facts: RecordedPeopleFact[] = [];
	state: People = NEW_DIRECTORY;

	do(command: PeopleCommand): string | readonly string[] {
		const decision = decidePeople(this.state, command);
		if (!decision.ok) return decision.error.code;
		for (const fact of decision.facts) {
			const recorded = { ...fact, seq: this.facts.length + 1, at: command.at };
			this.facts.push(recorded);
			this.state = evolvePeople(this.state, recorded);
		}
		return decision.facts.map(({ type }) => type);
	}

	identitiesOf(person: string): string[] {
		return this.state.people[asPersonId(person)]?.identities.map(({ identity }) => identity) ?? [];
	}
}

const ask = (identity: string, code: string, at = 1): PeopleCommand => ({
	type: 'RequestPairing',
	at,
	identity,
	name: `Name of ${identity}`,
	code,
});
const pair = (code: string, person = ann, at = 2, role: 'member' | 'guest' = 'member'): PeopleCommand => ({
	type: 'Pair',
	at,
	by: OWNER_ID,
	code,
	person,
	role,
});
const issue = (by: typeof ann, digest: string, at = 3): PeopleCommand => ({ type: 'IssueLinkCode', at, by, digest });
const link = (identity: string, digest: string, at = 4): PeopleCommand => ({
	type: 'LinkIdentity',
	at,
	identity,
	digest,
});
const unlink = (by: typeof ann, identity: string): PeopleCommand => ({ type: 'UnlinkIdentity', at: 5, by, identity });

function withAnn(): Directory {
	const directory = new Directory();
	directory.do(ask('telegram:1', 'ANN00000'));
	directory.do(pair('ANN00000'));
	return directory;
}

describe('pairing', () => {
	it('gives a stranger one code for a day, and a new one after that', () => {
		const directory = new Directory();
		expect(directory.do(ask('telegram:1', 'A0000000'))).toEqual(['PairingRequested']);
		expect(directory.do(ask('telegram:1', 'B0000000', 24 * HOUR))).toEqual([]);
		expect(openPairings(directory.state, 24 * HOUR)).toMatchObject([{ code: 'A0000000', askedAt: 1 }]);
		expect(directory.do(pair('A0000000', ann, 24 * HOUR + 1))).toBe('not-found');
		expect(directory.do(ask('telegram:1', 'C0000000', 24 * HOUR + 1))).toEqual(['PairingRequested']);
		expect(directory.state.pairings).toMatchObject([{ code: 'C0000000' }]);
	});

	it('lets the owner let them in by the code, once, and nobody else', () => {
		const directory = withAnn();
		expect(directory.state.people[ann]).toMatchObject({ role: 'member', name: 'Name of telegram:1' });
		expect(directory.identitiesOf(ann)).toEqual(['telegram:1']);
		expect(directory.do(pair('ann0-0000', bob))).toBe('not-found');
		directory.do(ask('telegram:2', 'B0000000'));
		expect(directory.do({ ...pair('B0000000'), by: ann } as PeopleCommand)).toBe('forbidden');
		expect(directory.do({ ...pair('B0000000'), by: bob } as PeopleCommand)).toBe('forbidden');
		expect(directory.do(pair('b000 0000', bob))).toEqual(['PersonAdded', 'IdentityLinked']);
	});

	it('keeps a refused stranger out, without a new code, until the owner pairs them after all', () => {
		const directory = new Directory();
		directory.do(ask('telegram:1', 'A0000000'));
		const refuse = { type: 'RefusePairing', at: 2, by: OWNER_ID, code: 'A000-0000' } as const;
		expect(directory.do(refuse)).toEqual(['PairingRefused']);
		expect(directory.do(refuse)).toEqual([]);
		expect(directory.do(ask('telegram:1', 'B0000000', 900 * HOUR))).toBe('unpaired');
		expect(directory.do(pair('telegram:1', ann, 900 * HOUR))).toEqual(['PersonAdded', 'IdentityLinked']);
		expect(directory.state.refused).toEqual([]);
	});

	it('keeps the hundred latest who wait', () => {
		const directory = new Directory();
		for (let n = 0; n <= PEOPLE_LIMITS.openPairings; n++) directory.do(ask(`sms:+1555${n}`, `A${1_000_000 + n}`));
		expect(directory.state.pairings).toHaveLength(PEOPLE_LIMITS.openPairings);
		expect(directory.do(pair('A1000000'))).toBe('not-found');
		expect(directory.do(pair('A1000001'))).toHaveLength(2);
	});

	it('lets somebody in by their account before they ever wrote, once', () => {
		const directory = new Directory();
		expect(directory.do(pair(' telegram:7 '))).toEqual(['PersonAdded', 'IdentityLinked']);
		expect(directory.do(pair('telegram:7', bob))).toBe('not-possible');
		expect(directory.do(ask('telegram:7', 'A0000000'))).toEqual([]);
		for (const other of ['web:owner', 'api:x', 'telegram:', 'telegram:a b', 'fax:1']) {
			expect([other, directory.do(pair(other, bob))]).toEqual([other, 'not-found']);
		}
	});

	it('does not give two strangers one code', () => {
		const directory = new Directory();
		directory.do(ask('telegram:1', 'A0000000'));
		expect(directory.do(ask('telegram:2', 'A0000000'))).toBe('not-possible');
	});

	it('bounds names and drops what does not show in them', () => {
		const directory = new Directory();
		directory.do({ ...ask('telegram:1', 'A0000000'), name: ` \u202eevil\u0000\n${'x'.repeat(500)}` } as PeopleCommand);
		expect(directory.state.pairings[0]?.name).toBe(`evil${'x'.repeat(96)}`);
		directory.do({ ...ask('telegram:2', 'B0000000'), name: '\u200b' } as PeopleCommand);
		expect(directory.state.pairings[1]).not.toHaveProperty('name');
	});
});

describe('linking', () => {
	it('takes a code once, within ten minutes, and only the latest', () => {
		const directory = withAnn();
		directory.do(issue(ann, 'old', 0));
		directory.do(issue(ann, 'new', 0));
		expect(directory.do(link('discord:1', 'old'))).toBe('invalid-input');
		expect(directory.do(link('discord:1', 'new', 10 * 60_000))).toBe('invalid-input');
		expect(directory.do(link('discord:1', 'new', 10 * 60_000 - 1))).toEqual(['IdentityLinked']);
		expect(directory.do(link('discord:2', 'new'))).toBe('invalid-input');
		expect(directory.identitiesOf(ann)).toEqual(['telegram:1', 'discord:1']);
	});

	it('never takes an account over from somebody else', () => {
		const directory = withAnn();
		directory.do(issue(OWNER_ID, 'd'));
		expect(directory.do(link('telegram:1', 'd'))).toBe('not-possible');
		expect(directory.do(unlink(bob, 'telegram:1'))).toBe('not-found');
		expect(directory.do(unlink(ann, 'telegram:1'))).toEqual(['IdentityUnlinked']);
		expect(directory.do(link('telegram:1', 'd'))).toEqual(['IdentityLinked']);
		expect(directory.do(unlink(ann, 'telegram:1'))).toBe('not-found');
	});

	it('lets the owner take an account off anybody', () => {
		expect(withAnn().do(unlink(OWNER_ID, 'telegram:1'))).toEqual(['IdentityUnlinked']);
	});

	it('lets no member bring in whom the owner declined', () => {
		const directory = withAnn();
		directory.do(ask('telegram:9', 'A0000000'));
		directory.do({ type: 'RefusePairing', at: 2, by: OWNER_ID, code: 'A0000000' });
		directory.do(issue(ann, 'a'));
		expect(directory.do(link('telegram:9', 'a'))).toBe('forbidden');
		directory.do(issue(OWNER_ID, 'o'));
		expect(directory.do(link('telegram:9', 'o'))).toEqual(['IdentityLinked']);
	});

	it('bounds the accounts of a person', () => {
		const directory = withAnn();
		for (let n = 1; n < PEOPLE_LIMITS.identitiesOfPerson; n++) {
			directory.do(issue(ann, `d${n}`));
			directory.do(link(`sms:+${n}`, `d${n}`));
		}
		directory.do(issue(ann, 'last'));
		expect(directory.do(link('sms:+99', 'last'))).toBe('not-possible');
	});
});

describe('roles', () => {
	const role = (by: typeof ann, person: typeof ann, to: 'owner' | 'member' | 'guest'): PeopleCommand => ({
		type: 'ChangeRole',
		at: 6,
		by,
		person,
		role: to,
	});

	it('are the owner’s to give, and whoever set the server up stays its owner', () => {
		const directory = withAnn();
		expect(directory.do(role(ann, ann, 'owner'))).toBe('forbidden');
		expect(directory.do(role(OWNER_ID, OWNER_ID, 'guest'))).toBe('not-possible');
		expect(directory.do(role(OWNER_ID, bob, 'guest'))).toBe('not-found');
		expect(directory.do(role(OWNER_ID, ann, 'owner'))).toEqual(['RoleChanged']);
		expect(directory.do(role(ann, OWNER_ID, 'guest'))).toBe('not-possible');
		expect(directory.do(role(ann, ann, 'guest'))).toEqual(['RoleChanged']);
		expect(directory.do(role(ann, ann, 'owner'))).toBe('forbidden');
	});
});

describe('preferences and tokens', () => {
	it('change only what is spoken of', () => {
		const directory = withAnn();
		const quiet = { from: '22:00', to: '07:00', timeZone: 'UTC' };
		const set = (change: object) => directory.do({ type: 'ChangePreferences', at: 6, by: ann, change });
		set({ quiet });
		set({ notify: { questions: 'sms' } });
		expect(directory.state.people[ann]?.preferences).toEqual({ notify: { questions: 'sms' }, quiet });
		set({ quiet: undefined });
		expect(directory.state.people[ann]?.preferences).toEqual({ notify: { questions: 'sms' } });
	});

	it('are revoked by their holder or the owner, and by nobody else', () => {
		const directory = withAnn();
		const token = (id: string): PeopleCommand => ({
			type: 'IssueToken',
			at: 6,
			by: ann,
			id,
			name: 'laptop',
			digest: id,
		});
		const revoke = (by: typeof ann, id: string) => directory.do({ type: 'RevokeToken', at: 7, by, id });
		directory.do(token('t1'));
		directory.do(token('t2'));
		directory.do(ask('telegram:2', 'B0000000'));
		directory.do(pair('B0000000', bob));
		expect(directory.state.byToken).toEqual({ t1: ann, t2: ann });
		expect([revoke(bob, 't1'), revoke(ann, 't1'), revoke(ann, 't1'), revoke(OWNER_ID, 't2')]).toEqual([
			'not-found',
			['TokenRevoked'],
			'not-found',
			['TokenRevoked'],
		]);
		expect(directory.state.byToken).toEqual({});
	});
});

describe('forgetting', () => {
	const forget = (by: typeof ann, person: typeof ann): PeopleCommand => ({ type: 'ForgetPerson', at: 8, by, person });

	it('drops everything that leads to a person, and may be asked for again until it is done', () => {
		const directory = withAnn();
		directory.do(issue(ann, 'd'));
		directory.do({ type: 'IssueToken', at: 6, by: ann, id: 't1', name: 'x', digest: 'x' });
		expect(directory.do(forget(ann, OWNER_ID))).toBe('forbidden');
		expect(directory.do(forget(ann, ann))).toEqual(['PersonForgotten']);
		expect(directory.state).toMatchObject({ byIdentity: {}, byToken: {}, linkCodes: [], forgetting: [ann] });
		expect(Object.keys(directory.state.people)).toEqual([OWNER_ID]);
		expect(directory.do(forget(OWNER_ID, ann))).toEqual([]);
		expect(directory.do({ type: 'FinishForgetting', at: 9, person: ann })).toEqual(['PersonErased']);
		expect(directory.do(forget(OWNER_ID, ann))).toBe('not-found');
	});

	it('leaves an owner without a past', () => {
		const directory = new Directory();
		directory.do(issue(OWNER_ID, 'd'));
		directory.do(link('discord:1', 'd'));
		directory.do(forget(OWNER_ID, OWNER_ID));
		expect(directory.state.people).toEqual(NEW_DIRECTORY.people);
	});

	it('finds what was said of a person, of their accounts before and after, and nothing of others', () => {
		const directory = withAnn();
		directory.do(unlink(ann, 'telegram:1'));
		directory.do(ask('telegram:1', 'C0000000', 6));
		directory.do(ask('telegram:2', 'B0000000', 6));
		directory.do(pair('B0000000', bob, 7));
		directory.do(unlink(bob, 'telegram:2'));
		directory.do(issue(OWNER_ID, 'd', 7));
		directory.do(link('telegram:2', 'd', 8));
		const said = (person: typeof ann) =>
			factsAbout(person, directory.facts).map((seq) => directory.facts[seq - 1]?.data as { identity?: string });
		expect(factsAbout(ann, directory.facts)).toEqual([1, 2, 3, 4, 5]);
		expect(said(bob).every(({ identity = 'telegram:2' }) => identity === 'telegram:2')).toBe(true);
		expect(factsAbout(bob, directory.facts)).toEqual([6, 7, 8, 9]);
	});
});

function withBoth(): Directory {
	const directory = withAnn();
	directory.do(ask('telegram:2', 'B0000000'));
	directory.do(pair('B0000000', bob));
	return directory;
}

/** Any commands, of few people and accounts, so that they get in each other's way. */
const commands = fc.array(
	fc
		.record({
			type: fc.oneof(
				{ weight: 12, arbitrary: fc.constantFrom('ask', 'pair', 'refuse', 'issue', 'link', 'unlink', 'role', 'token') },
				{ weight: 1, arbitrary: fc.constantFrom('forget', 'finish') },
			),
			by: fc.constantFrom(OWNER_ID, ann, bob),
			person: fc.constantFrom(OWNER_ID, ann, bob),
			account: fc.constantFrom('telegram:1', 'telegram:2', 'discord:1', 'sms:+1'),
			code: fc.constantFrom('A0000000', 'B0000000', 'C0000000'),
			role: fc.constantFrom<'owner' | 'member' | 'guest'>('owner', 'member', 'guest'),
			newcomer: fc.nat(),
			wait: fc.constantFrom(0, 0, 1, 1, 60_000, 11 * 60_000, 25 * HOUR),
		})
		.map((one): { wait: number; command: PeopleCommand } => ({ wait: one.wait, command: commandOf(one) })),
	{ minLength: 20, maxLength: 80 },
);

function commandOf(one: {
	type: string;
	by: typeof ann;
	person: typeof ann;
	account: string;
	code: string;
	role: 'owner' | 'member' | 'guest';
	newcomer: number;
}): PeopleCommand {
	const { by, person, account: identity, code, role } = one;
	switch (one.type) {
		case 'ask':
			return { type: 'RequestPairing', at: 0, identity, code };
		case 'pair':
			return { type: 'Pair', at: 0, by, code, person: asPersonId(`p-${one.newcomer}`), role: 'member' };
		case 'refuse':
			return { type: 'RefusePairing', at: 0, by, code };
		case 'issue':
			return { type: 'IssueLinkCode', at: 0, by, digest: code };
		case 'link':
			return { type: 'LinkIdentity', at: 0, identity, digest: code };
		case 'unlink':
			return { type: 'UnlinkIdentity', at: 0, by, identity };
		case 'role':
			return { type: 'ChangeRole', at: 0, by, person, role };
		case 'token':
			return { type: 'IssueToken', at: 0, by, id: `${by}-${code}`, name: code, digest: `${by}-${code}` };
		case 'forget':
			return { type: 'ForgetPerson', at: 0, by, person };
		default:
			return { type: 'FinishForgetting', at: 0, person };
	}
}

describe('whatever the order of commands', () => {
	it('an account never belongs to two people, an owner is always there, and the maps agree with the people', () => {
		fc.assert(
			fc.property(commands, (run) => {
				const directory = withBoth();
				let at = 10;
				for (const { wait, command } of run) {
					at += wait;
					directory.do({ ...command, at });
					const { people, byIdentity, byToken, pairings, refused } = directory.state;
					const held = Object.values(people).flatMap(({ id, identities }) =>
						identities.map(({ identity }) => [identity, id] as const),
					);
					expect(new Set(held.map(([identity]) => identity)).size).toBe(held.length);
					expect(Object.fromEntries(held)).toEqual(byIdentity);
					const tokens = Object.values(people).flatMap(({ id, tokens }) => tokens.map(({ digest }) => [digest, id]));
					expect(Object.fromEntries(tokens)).toEqual(byToken);
					expect(people[OWNER_ID]?.role).toBe('owner');
					const waiting = [...pairings, ...refused].map(({ identity }) => identity);
					expect(new Set(waiting).size).toBe(waiting.length);
					expect(waiting.filter((identity) => personOfIdentity(directory.state, identity))).toEqual([]);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('a link code never works twice', () => {
		fc.assert(
			fc.property(commands, (run) => {
				const directory = withBoth();
				let at = 10;
				const used = new Set<string>();
				for (const { wait, command } of run) {
					at += wait;
					if (command.type === 'IssueLinkCode' && used.has(command.digest)) continue;
					const done = directory.do({ ...command, at });
					if (command.type !== 'LinkIdentity' || !Array.isArray(done) || done.length === 0) continue;
					expect(used.has(command.digest)).toBe(false);
					used.add(command.digest);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('facts that were blanked leave nothing of a forgotten person, and everybody else as they were', () => {
		let met = 0;
		fc.assert(
			fc.property(commands, (run) => {
				const directory = withBoth();
				let at = 10;
				for (const { wait, command } of run) {
					at += wait;
					directory.do({ ...command, at });
				}
				if (directory.state.people[ann] === undefined) return;
				met += 1;
				directory.do({ type: 'ForgetPerson', at, by: OWNER_ID, person: ann });
				const blank = new Set(factsAbout(ann, directory.facts));
				let state = NEW_DIRECTORY;
				for (const fact of directory.facts) {
					const { seq, at } = fact;
					const erased = { seq, at, type: erasedFactType, v: 1, data: {} } as unknown as RecordedPeopleFact;
					state = evolvePeople(state, blank.has(seq) ? erased : fact);
				}
				expect(state.people).toEqual(directory.state.people);
				expect(state.byIdentity).toEqual(directory.state.byIdentity);
			}),
			{ numRuns: 300 },
		);
		expect(met).toBeGreaterThan(100);
	});
});
