import { readCode, showCode } from './code-words.ts';
import type { PeopleCommandOf } from './commands.ts';
import { peopleFact } from './facts.ts';
import { add, asOwner, nothingNew, type PeopleDecision, refuse, shownName } from './people-decision.ts';
import { openPairings, type Pairing, PEOPLE_LIMITS, type People, personOfIdentity } from './state.ts';

/** decideRequestPairing gives a stranger a code for the owner to approve; the one they have, while it is good. */
export function decideRequestPairing(
	state: People,
	{ at, identity, name, code }: PeopleCommandOf<'RequestPairing'>,
): PeopleDecision {
	if (personOfIdentity(state, identity) !== undefined) return nothingNew;
	if (state.refused.some((other) => other.identity === identity)) {
		return refuse('unpaired', 'The owner of this server has declined.', 'Only the owner can change that.');
	}
	const open = openPairings(state, at);
	if (open.some((other) => other.identity === identity)) return nothingNew;
	if ([...open, ...state.refused].some((other) => other.code === code)) {
		return refuse('not-possible', 'No code could be made.', 'Write again.');
	}
	const expiresAt = at + PEOPLE_LIMITS.pairingMs;
	return add(peopleFact('PairingRequested', { identity, ...shownName(name), code, expiresAt }));
}

/** What the owner may let in before it ever wrote. */
const ACCOUNT = /^(?:discord|telegram|sms):\S{1,100}$/;

/** decidePair lets a stranger in as a new person: one who waits, was refused before, or is named by account and has not written yet. */
export function decidePair(state: People, { at, by, code, person, role }: PeopleCommandOf<'Pair'>): PeopleDecision {
	return asOwner(state, by, () => {
		const account = ACCOUNT.test(code.trim()) ? { identity: code.trim(), name: undefined } : undefined;
		const pairing = named([...openPairings(state, at), ...state.refused], code) ?? account;
		if (pairing === undefined) return refuseCode(code);
		if (personOfIdentity(state, pairing.identity) !== undefined) {
			const message = `The account ${pairing.identity} belongs to somebody here already.`;
			return refuse('not-possible', message, '`/people` lists everybody.');
		}
		if (Object.keys(state.people).length >= PEOPLE_LIMITS.people) {
			const message = `This server knows ${PEOPLE_LIMITS.people} people; there may not be more.`;
			return refuse('not-possible', message, 'Have somebody forgotten who no longer uses it.');
		}
		const { identity } = pairing;
		const name = shownName(pairing.name);
		return add(
			peopleFact('PersonAdded', { person, role, ...name, by }),
			peopleFact('IdentityLinked', { person, identity, ...name }),
		);
	});
}

/** decideRefusePairing turns a stranger away until the owner pairs them after all. */
export function decideRefusePairing(state: People, { at, by, code }: PeopleCommandOf<'RefusePairing'>): PeopleDecision {
	return asOwner(state, by, () => {
		if (named(state.refused, code) !== undefined) return nothingNew;
		const pairing = named(openPairings(state, at), code);
		if (pairing === undefined) return refuseCode(code);
		return add(peopleFact('PairingRefused', { identity: pairing.identity, by }));
	});
}

function named(pairings: readonly Pairing[], code: string): Pairing | undefined {
	const read = readCode(code);
	return pairings.find((pairing) => pairing.code === read || pairing.identity === code.trim());
}

function refuseCode(code: string): PeopleDecision {
	const read = readCode(code);
	const message = `Nobody waits with the code ${read === undefined ? `"${code.slice(0, 50)}"` : showCode(read)}.`;
	return refuse(
		'not-found',
		message,
		'Codes are good for a day: `/people` lists who waits. A new message gives a new code.',
	);
}
