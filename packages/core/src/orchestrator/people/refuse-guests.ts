import { CoreError } from '../../domain/errors.ts';
import type { Principal } from '../desks/desk.ts';

/** refuseGuests keeps those from having what stays or goes off by itself who are only let in to ask something; `why` is what they are told. */
export function refuseGuests({ role }: Pick<Principal, 'role'>, why: string): void {
	if (role !== 'guest') return;
	throw new CoreError('forbidden', why, { hint: 'Ask the owner for the role of a member.' });
}
