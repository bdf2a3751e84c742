import { CoreError } from '@errand/core/domain/errors.ts';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desk.ts';
import type { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { OWNER } from './auth/authenticator.ts';
import type { Person } from './http/schemas/system.ts';
import type { IPeopleDesk } from './http/services.ts';

/** PeopleDesk knows the people of this server: so far its owner. */
export class PeopleDesk implements IPeopleDesk {
	readonly #orchestrator: Orchestrator;

	constructor(orchestrator: Orchestrator) {
		this.#orchestrator = orchestrator;
	}

	async list(): Promise<readonly Person[]> {
		return [{ id: OWNER.person, role: 'owner' }];
	}

	async forget(principal: Principal, person: PersonId): Promise<{ streams: number }> {
		if (principal.role !== 'owner' && principal.person !== person) {
			throw new CoreError('forbidden', 'Only the owner may have somebody else forgotten.', {
				hint: 'Ask the owner of this server.',
			});
		}
		if (person !== OWNER.person) {
			throw new CoreError('not-found', `There is no person "${person}".`, { hint: 'GET /v1/people lists them.' });
		}
		return { streams: await this.#orchestrator.forget(person) };
	}
}
