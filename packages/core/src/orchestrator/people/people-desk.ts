import { randomUUID } from 'node:crypto';
import { CoreError, isCoreError } from '../../domain/errors.ts';
import { asPersonId, PEOPLE_STREAM, type PersonId } from '../../domain/ids.ts';
import { readCode, showCode } from '../../domain/person/code-words.ts';
import type { PeopleCommand } from '../../domain/person/commands.ts';
import type { RecordedPeopleFact } from '../../domain/person/facts.ts';
import { factsAbout } from '../../domain/person/facts-about.ts';
import type { PairingView, PersonView, Preferences, Role } from '../../domain/person/person-view.ts';
import {
	findPerson,
	NEW_DIRECTORY,
	OWNER_ID,
	openPairings,
	type People,
	type Person,
	personOfIdentity,
	personOfToken,
} from '../../domain/person/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, StoredFact } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IStreamHomes } from '../../ports/stream-homes.ts';
import { CommandHandler, type Handled } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import { peopleDecider } from './people-decider.ts';
import { digestOf, newCode, newPersonId, newToken } from './people-secrets.ts';
import { isReachable, viewPairing, viewPerson } from './view-person.ts';
import { WrongCodes } from './wrong-codes.ts';

interface Dependencies {
	readonly store: IEventStore;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	readonly bus: IEventBus;
	readonly homes: Pick<IStreamHomes, 'alone'>;
	readonly log: ILogger;
	readonly clock: IClock;
	/** Identities that are the owner without pairing, as the server's configuration names them. */
	readonly owners: readonly string[];
	/** Tells somebody that they were let in. */
	readonly welcome?: ((person: PersonView) => Promise<void>) | undefined;
	/** Ends and blanks what a person said and made outside of the directory; returns how many streams. May be called again. */
	readonly forgetEverything: (person: PersonId) => Promise<number>;
	/** Another process has forgotten somebody: what is still known of them here goes too. */
	readonly forgottenElsewhere?: (() => void) | undefined;
}

/** Errand writes these identities itself, from a login or a token: `web:<person>`. */
const OWN_FRONTENDS: readonly string[] = ['web', 'api'];

/** Facts at which other processes drop what they know. */
const FORGETTING: ReadonlySet<string> = new Set(['PersonForgotten', 'PersonErased']);

/** PeopleDesk keeps the directory of people in one stream, with the configured owners laid over it. */
export class PeopleDesk implements IPeopleDesk {
	readonly #deps: Dependencies;
	readonly #owners: ReadonlySet<string>;
	readonly #handler: CommandHandler<People, PeopleCommand, RecordedPeopleFact>;
	readonly #wrongCodes: WrongCodes;
	readonly #listeners = new Set<(person: PersonId) => void>();
	readonly #stopListening: () => void;
	#attending: (() => void) | undefined;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#owners = new Set(deps.owners);
		this.#wrongCodes = new WrongCodes(() => deps.clock.now());
		this.#handler = new CommandHandler({
			...deps,
			decider: peopleDecider,
			alone: deps.homes.alone,
			appended: (stream, facts) => deps.bus.publish('facts', { stream, facts }),
		});
		const stopDoubting = deps.bus.subscribe('missed', () => this.#handler.distrust());
		const stopHearing = deps.bus.subscribe('facts', ({ stream, facts, elsewhere }) => {
			if (stream === PEOPLE_STREAM && elsewhere === true) this.#changedElsewhere(facts);
		});
		this.#stopListening = () => {
			stopHearing();
			stopDoubting();
		};
	}

	/** Calls back when what somebody may do has become less or different, so that open connections are looked at again. Returns the way to stop. */
	onChange(listener: (person: PersonId) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Begins to hear of what other processes change, and goes on with forgetting that a stop of the server cut short; called at start. */
	async resume(): Promise<void> {
		this.#attending = await this.#deps.bus.attend(PEOPLE_STREAM);
		const { forgetting } = await this.#people();
		for (const person of forgetting) await this.#blank(person);
	}

	stop(): void {
		this.#stopListening();
		this.#attending?.();
	}

	async whoIs(identity: string): Promise<Principal | undefined> {
		if (this.#owners.has(identity)) return { person: OWNER_ID, role: 'owner' };
		const people = await this.#people();
		const colon = identity.indexOf(':');
		const own = OWN_FRONTENDS.includes(identity.slice(0, colon));
		return principalOf(
			own ? findPerson(people, asPersonId(identity.slice(colon + 1))) : personOfIdentity(people, identity),
		);
	}

	async byToken(token: string): Promise<{ principal: Principal; token: string } | undefined> {
		const digest = digestOf(token);
		const person = personOfToken(await this.#people(), digest);
		const principal = principalOf(person);
		const known = person?.tokens.find((one) => one.digest === digest);
		return principal && known && { principal, token: known.id };
	}

	async view(person: PersonId): Promise<PersonView | undefined> {
		const found = findPerson(await this.#people(), person);
		return found === undefined ? undefined : viewPerson(found, this.#owners);
	}

	async list({ person }: Principal): Promise<readonly PersonView[]> {
		const people = await this.#people();
		const caller = findPerson(people, person);
		if (caller === undefined) return [];
		const seen = caller.role === 'owner' ? Object.values<Person>(people.people) : [caller];
		return seen.map((one) => viewPerson(one, this.#owners));
	}

	async requestPairing(identity: string, name: string | undefined): Promise<PairingView> {
		const code = newCode();
		const { state } = await this.#do({ type: 'RequestPairing', identity, name, code });
		const pairing = state?.pairings.find((one) => one.identity === identity);
		if (pairing !== undefined) return viewPairing(pairing);
		throw new CoreError('not-possible', 'This account is known here by now.', { hint: 'Write again.' });
	}

	async pairings({ person }: Principal): Promise<readonly PairingView[]> {
		const people = await this.#people();
		if (findPerson(people, person)?.role !== 'owner') {
			throw new CoreError('forbidden', 'Only the owner of this server sees who waits.', { hint: 'Ask the owner.' });
		}
		const open = openPairings(people, this.#deps.clock.now());
		return open.filter(({ identity }) => !this.#owners.has(identity)).map(viewPairing);
	}

	async pair({ person: by }: Principal, code: string, role: Exclude<Role, 'owner'>): Promise<PersonView> {
		if (this.#owners.has(code.trim())) {
			throw new CoreError('not-possible', `The account ${code.trim()} is the owner's by the server's configuration.`, {
				hint: 'It needs no pairing.',
			});
		}
		const person = newPersonId();
		await this.#do({ type: 'Pair', by, code, person, role });
		const known = await this.#known(person);
		await this.#deps.welcome?.(known);
		return known;
	}

	async refuse({ person: by }: Principal, code: string): Promise<void> {
		await this.#do({ type: 'RefusePairing', by, code });
	}

	async setRole({ person: by }: Principal, person: PersonId, role: Role): Promise<PersonView> {
		const { facts } = await this.#do({ type: 'ChangeRole', by, person, role });
		if (facts.length > 0) this.#changed(person);
		return this.#known(person);
	}

	async issueLinkCode({ person: by }: Principal): Promise<{ code: string; expiresAt: number }> {
		const code = newCode();
		const { state } = await this.#do({ type: 'IssueLinkCode', by, digest: digestOf(code) });
		const issued = state?.linkCodes.find(({ person }) => person === by);
		return { code: showCode(code), expiresAt: issued?.expiresAt ?? this.#deps.clock.now() };
	}

	async link(identity: string, code: string, name: string | undefined): Promise<PersonView> {
		if (this.#owners.has(identity) || OWN_FRONTENDS.includes(identity.slice(0, identity.indexOf(':')))) {
			throw new CoreError('not-possible', `The account ${identity} cannot be linked.`, {
				hint: 'It belongs to somebody by the way this server is set up.',
			});
		}
		const read = readCode(code);
		if (read === undefined) {
			throw new CoreError('invalid-input', `"${code.slice(0, 50)}" is no link code.`, {
				hint: 'A code has eight characters, such as K7QF-2M9D. Write `/link` where you are known to get one.',
			});
		}
		this.#wrongCodes.count(identity);
		try {
			await this.#do({ type: 'LinkIdentity', identity, name, digest: digestOf(read) });
		} catch (error) {
			if (!isCoreError(error, 'invalid-input')) this.#wrongCodes.takeBack(identity);
			throw error;
		}
		this.#wrongCodes.takeBack(identity);
		const person = personOfIdentity(await this.#people(), identity);
		return this.#known(person?.id ?? OWNER_ID);
	}

	async unlink({ person: by }: Principal, identity: string): Promise<PersonView> {
		if (this.#owners.has(identity)) {
			throw new CoreError('not-possible', `The account ${identity} is the owner's by the server's configuration.`, {
				hint: 'Whoever runs the server takes it out of ERRAND_OWNERS and restarts it.',
			});
		}
		const holder = personOfIdentity(await this.#people(), identity)?.id;
		await this.#do({ type: 'UnlinkIdentity', by, identity });
		return this.#known(holder ?? by);
	}

	async setPreferences({ person: by }: Principal, change: Partial<Preferences>): Promise<PersonView> {
		const { identities } = await this.#known(by);
		for (const frontend of Object.values(change.notify ?? {})) {
			if (frontend === undefined || isReachable(frontend, identities)) continue;
			throw new CoreError('not-possible', `You have no account on "${frontend.slice(0, 50)}" here.`, {
				hint: 'Write `/link` here, and the code it gives you there.',
			});
		}
		await this.#do({ type: 'ChangePreferences', by, change });
		return this.#known(by);
	}

	/** The model that all work of a person goes to; undefined where the choice is Errand's. */
	async modelOf(person: PersonId): Promise<string | undefined> {
		return findPerson(await this.#people(), person)?.model;
	}

	/** Has all work of the caller go to a model from now on; undefined leaves the choice to Errand again. */
	async pinModel({ person: by }: Principal, model: string | undefined): Promise<void> {
		await this.#do({ type: 'PinModel', by, model });
	}

	async issueToken({ person: by }: Principal, name: string): Promise<{ id: string; token: string }> {
		const { id, token } = newToken();
		await this.#do({ type: 'IssueToken', by, id, name, digest: digestOf(token) });
		return { id, token };
	}

	async revokeToken({ person: by }: Principal, id: string): Promise<void> {
		const { facts } = await this.#do({ type: 'RevokeToken', by, id });
		for (const { data } of facts) this.#changed(asPersonId(String(data['person'])));
	}

	async forget({ person: by }: Principal, person: PersonId): Promise<{ streams: number }> {
		await this.#do({ type: 'ForgetPerson', by, person });
		this.#changed(person);
		return { streams: await this.#blank(person) };
	}

	/** Blanks what is known of somebody who is nobody any more; what was cut short may be done again. */
	async #blank(person: PersonId): Promise<number> {
		const streams = await this.#deps.forgetEverything(person);
		const facts: RecordedPeopleFact[] = [];
		for (;;) {
			const page = await this.#deps.store.read(PEOPLE_STREAM, facts.length);
			if (page.length === 0) break;
			facts.push(...(page as unknown as readonly RecordedPeopleFact[]));
		}
		await this.#deps.audit.eraseFacts(PEOPLE_STREAM, factsAbout(person, facts));
		this.#handler.forget(PEOPLE_STREAM);
		await this.#do({ type: 'FinishForgetting', person });
		this.#deps.log.info('person forgotten', { person, streams });
		return streams;
	}

	/** Each command is an append of its own, so that its facts can be blanked without those of others. */
	#do(command: Untimed<PeopleCommand>): Promise<Handled<People>> {
		const timed = { ...command, at: this.#deps.clock.now() } as PeopleCommand;
		return this.#handler.handle(PEOPLE_STREAM, timed, `people:${randomUUID()}`);
	}

	async #people(): Promise<People> {
		return (await this.#handler.state(PEOPLE_STREAM)) ?? NEW_DIRECTORY;
	}

	async #known(person: PersonId): Promise<PersonView> {
		const view = await this.view(person);
		if (view !== undefined) return view;
		throw new CoreError('not-found', `There is no person "${person}".`, { hint: 'They may just have been forgotten.' });
	}

	#changedElsewhere(facts: readonly StoredFact[]): void {
		this.#handler.heard(PEOPLE_STREAM, facts);
		const people = new Set(facts.flatMap(({ data }) => (typeof data['person'] === 'string' ? [data['person']] : [])));
		for (const person of people) this.#changed(asPersonId(person));
		if (facts.some(({ type }) => FORGETTING.has(type))) this.#deps.forgottenElsewhere?.();
	}

	#changed(person: PersonId): void {
		for (const listener of [...this.#listeners]) listener(person);
	}
}

type Untimed<Command> = Command extends unknown ? Omit<Command, 'at'> : never;

function principalOf(person: Person | undefined): Principal | undefined {
	return person === undefined ? undefined : { person: person.id, role: person.role };
}
