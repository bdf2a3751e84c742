import { CoreError, type ErrorCode } from '../errors.ts';
import type { PersonId } from '../ids.ts';
import type { PeopleFact } from './facts.ts';
import { findPerson, PEOPLE_LIMITS, type People, type Person } from './state.ts';

/** PeopleDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type PeopleDecision =
	| { readonly ok: true; readonly facts: readonly PeopleFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** nothingNew accepts a command that was carried out before. */
export const nothingNew: PeopleDecision = { ok: true, facts: [] };

/** add accepts a command with what follows from it. */
export function add(...facts: readonly PeopleFact[]): PeopleDecision {
	return { ok: true, facts };
}

/** refuse turns a command down in words for whoever gave it. */
export function refuse(code: ErrorCode, message: string, hint: string): PeopleDecision {
	return { ok: false, error: new CoreError(code, message, { hint }) };
}

/** asOwner goes on if somebody is an owner at this moment, whatever they were when they logged in. */
export function asOwner(state: People, by: PersonId, decide: (owner: Person) => PeopleDecision): PeopleDecision {
	const person = findPerson(state, by);
	if (person?.role === 'owner') return decide(person);
	return refuse('forbidden', 'Only the owner of this server may do this.', 'Ask the owner.');
}

/** asPerson goes on if somebody is known at this moment. */
export function asPerson(state: People, by: PersonId, decide: (person: Person) => PeopleDecision): PeopleDecision {
	const person = findPerson(state, by);
	return person === undefined ? refuseUnknown(by) : decide(person);
}

/** refuseUnknown says that there is nobody of this id, which is also what others see of somebody who is not theirs to see. */
export function refuseUnknown(person: string): PeopleDecision {
	return refuse(
		'not-found',
		`There is no person "${person.slice(0, 100)}".`,
		'`/people` lists everybody to the owner.',
	);
}

/** shownName bounds a name that a platform or a person gave; control characters are dropped. */
export function shownName(name: string | undefined): { readonly name?: string } {
	const shown = name
		?.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, '')
		.trim()
		.slice(0, PEOPLE_LIMITS.nameCharacters)
		.toWellFormed();
	return shown === undefined || shown === '' ? {} : { name: shown };
}
