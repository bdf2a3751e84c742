import { showCode } from '../../domain/person/code-words.ts';
import type { LinkedIdentity, PairingView, PersonView, Preferences } from '../../domain/person/person-view.ts';
import { OWNER_ID, type Pairing, type Person } from '../../domain/person/state.ts';

/** viewPerson shows a person with the accounts that the configuration gives the owner, and without digests. */
export function viewPerson(
	{ id, role, name, identities, tokens, preferences }: Person,
	owners: ReadonlySet<string>,
): PersonView {
	const configured = id === OWNER_ID ? [...owners].map((identity) => ({ identity })) : [];
	const accounts = [...configured, ...identities.filter(({ identity }) => !owners.has(identity))];
	return {
		id,
		role,
		...(name === undefined ? {} : { name }),
		identities: accounts,
		tokens: tokens.map(({ digest: _digest, ...token }) => token),
		preferences: { ...preferences, notify: reachable(preferences.notify, accounts) },
	};
}

/** viewPairing shows a stranger with their code as it is read out. */
export function viewPairing(pairing: Pairing): PairingView {
	return { ...pairing, code: showCode(pairing.code) };
}

/** isReachable says whether somebody with these accounts can be told on a frontend. */
export function isReachable(frontend: string, accounts: readonly LinkedIdentity[]): boolean {
	return frontend === 'web' || accounts.some(({ identity }) => identity.startsWith(`${frontend}:`));
}

/** Where somebody wants to be told, without the places whose account they have unlinked since. */
function reachable(
	{ questions, answers }: Preferences['notify'],
	accounts: readonly LinkedIdentity[],
): Preferences['notify'] {
	return {
		...(questions !== undefined && isReachable(questions, accounts) ? { questions } : {}),
		...(answers !== undefined && isReachable(answers, accounts) ? { answers } : {}),
	};
}
