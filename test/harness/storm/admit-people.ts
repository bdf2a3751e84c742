import type { PersonId } from '@errand/core/domain/ids.ts';
import { OWNER_ID } from '@errand/core/domain/person/state.ts';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';

/** AdmittedPerson is somebody who was let in before a server starts. */
export interface AdmittedPerson {
	readonly id: PersonId;
	readonly token: string;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** admitPeople lets the bearers of identities in as members, each a person of their own; strangers at a running server take their time. */
export async function admitPeople(dataDir: string, identities: readonly string[]): Promise<AdmittedPerson[]> {
	const ports = await openEmbedded({ dataDir, log: silent });
	const people = new PeopleDesk({ ...ports, owners: [], forgetEverything: async () => 0 });
	const owner = { person: OWNER_ID, role: 'owner' } as const;
	const admitted: AdmittedPerson[] = [];
	for (const identity of identities) {
		const { code } = await people.requestPairing(identity, undefined);
		const { id } = await people.pair(owner, code, 'member');
		const { token } = await people.issueToken({ person: id, role: 'member' }, 'storm');
		admitted.push({ id, token });
	}
	ports.close();
	return admitted;
}
