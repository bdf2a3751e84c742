import type { PersonId } from '../ids.ts';
import type { Preferences, Role } from './person-view.ts';

// Codes, tokens and ids are made at the edge, which also turns secrets into digests, so that deciding stays pure.
interface PeopleCommandData {
	RequestPairing: { readonly identity: string; readonly name?: string | undefined; readonly code: string };
	/** `code` may be the account itself, also of somebody who was refused or has not written yet. `person` is the new person's id. */
	Pair: {
		readonly by: PersonId;
		readonly code: string;
		readonly person: PersonId;
		readonly role: Exclude<Role, 'owner'>;
	};
	RefusePairing: { readonly by: PersonId; readonly code: string };
	ChangeRole: { readonly by: PersonId; readonly person: PersonId; readonly role: Role };
	IssueLinkCode: { readonly by: PersonId; readonly digest: string };
	LinkIdentity: { readonly identity: string; readonly name?: string | undefined; readonly digest: string };
	UnlinkIdentity: { readonly by: PersonId; readonly identity: string };
	ChangePreferences: { readonly by: PersonId; readonly change: Partial<Preferences> };
	IssueToken: { readonly by: PersonId; readonly id: string; readonly name: string; readonly digest: string };
	RevokeToken: { readonly by: PersonId; readonly id: string };
	/** Without a model, the choice is Errand's again. */
	PinModel: { readonly by: PersonId; readonly model?: string | undefined };
	/** Comes again when the blanking did not get to its end. */
	ForgetPerson: { readonly by: PersonId; readonly person: PersonId };
	FinishForgetting: { readonly person: PersonId };
}

type PeopleCommandType = keyof PeopleCommandData;
/** PeopleCommand asks for a change of who is who; `at` is when (ms since 1970), because deciding reads no clock. */
export type PeopleCommand = {
	[T in PeopleCommandType]: { readonly type: T; readonly at: number } & PeopleCommandData[T];
}[PeopleCommandType];
/** PeopleCommandOf is the command of one type. */
export type PeopleCommandOf<T extends PeopleCommandType> = Extract<PeopleCommand, { type: T }>;
