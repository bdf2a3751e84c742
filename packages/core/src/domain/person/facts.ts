import type { PersonId } from '../ids.ts';
import type { Preferences, Role } from './person-view.ts';

interface PeopleFactData {
	/** A stranger wrote, and was given a code for the owner to approve. */
	PairingRequested: {
		readonly identity: string;
		readonly name?: string | undefined;
		readonly code: string;
		readonly expiresAt: number;
	};
	PairingRefused: { readonly identity: string; readonly by: PersonId };
	PersonAdded: {
		readonly person: PersonId;
		readonly role: Role;
		readonly name?: string | undefined;
		readonly by: PersonId;
	};
	IdentityLinked: {
		readonly person: PersonId;
		readonly identity: string;
		readonly name?: string | undefined;
		/** Digest of the link code that this used up. */
		readonly digest?: string | undefined;
	};
	IdentityUnlinked: { readonly person: PersonId; readonly identity: string; readonly by: PersonId };
	RoleChanged: { readonly person: PersonId; readonly role: Role; readonly by: PersonId };
	/** The code itself is told to the person alone. */
	LinkCodeIssued: { readonly person: PersonId; readonly digest: string; readonly expiresAt: number };
	PreferencesChanged: { readonly person: PersonId; readonly preferences: Preferences };
	TokenIssued: { readonly person: PersonId; readonly id: string; readonly name: string; readonly digest: string };
	TokenRevoked: { readonly person: PersonId; readonly id: string; readonly by: PersonId };
	/** All their work goes to this model: `<provider>/<model>`. */
	ModelPinned: { readonly person: PersonId; readonly model: string };
	ModelUnpinned: { readonly person: PersonId };
	/** Nobody is let in as this person any more; what they said and made is being blanked. */
	PersonForgotten: { readonly person: PersonId; readonly by: PersonId };
	/** All of it is blank. */
	PersonErased: { readonly person: PersonId };
}

export type PeopleFactType = keyof PeopleFactData;
/** PeopleFact is one thing that happened in the directory of people: a past-tense type and its data. */
export type PeopleFact = {
	[T in PeopleFactType]: { readonly type: T; readonly v: 1; readonly data: PeopleFactData[T] };
}[PeopleFactType];
/** RecordedPeopleFact is a directory's fact with its place in the stream and its time (ms since 1970). */
export type RecordedPeopleFact = PeopleFact & { readonly seq: number; readonly at: number };

/** peopleFact builds a fact of the current version. */
export function peopleFact<T extends PeopleFactType>(
	type: T,
	data: PeopleFactData[T],
): Extract<PeopleFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<PeopleFact, { type: T }>;
}
