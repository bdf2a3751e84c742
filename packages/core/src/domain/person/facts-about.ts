import type { PersonId } from '../ids.ts';
import type { RecordedPeopleFact } from './facts.ts';

/**
 * factsAbout finds the facts that say something about a person, so that they can be blanked: their own, and those of
 * accounts from before the account was theirs, or after it was taken off them, as far as it was nobody else's then. That
 * they were forgotten stays: it holds no more than an id without a meaning.
 */
export function factsAbout(person: PersonId, facts: readonly RecordedPeopleFact[]): number[] {
	const about = new Set<number>();
	/** Facts about each account while it belongs to nobody. */
	const loose = new Map<string, { lastHolder: PersonId | undefined; readonly seqs: number[] }>();
	for (const fact of facts) {
		const { type, seq } = fact;
		if (type === 'PairingRequested' || type === 'PairingRefused') {
			const account = loose.get(fact.data.identity) ?? { lastHolder: undefined, seqs: [] };
			account.seqs.push(seq);
			loose.set(fact.data.identity, account);
			continue;
		}
		if (!('person' in fact.data) || type === 'PersonForgotten' || type === 'PersonErased') continue;
		if (fact.data.person === person) about.add(seq);
		if (type === 'IdentityLinked') {
			const account = loose.get(fact.data.identity);
			if (fact.data.person === person) for (const earlier of account?.seqs ?? []) about.add(earlier);
			loose.delete(fact.data.identity);
		}
		if (type === 'IdentityUnlinked') loose.set(fact.data.identity, { lastHolder: fact.data.person, seqs: [] });
	}
	for (const { lastHolder, seqs } of loose.values()) if (lastHolder === person) for (const seq of seqs) about.add(seq);
	return [...about].toSorted((one, other) => one - other);
}
