import type { PersonId } from '../../domain/ids.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';

/** Of more that were removed, the library itself tells. */
const LOOKED_AT = 100;

/** hasSavedWorkflows tells whether a person keeps any workflow, by one look into the index. */
export async function hasSavedWorkflows(index: Pick<IStreamIndex, 'list'>, person: PersonId): Promise<boolean> {
	const rows = await index.list({ prefix: 'workflow-', person, limit: LOOKED_AT });
	const isKept = rows.some(({ summary }) => typeof summary['name'] === 'string' && summary['removed'] !== true);
	return isKept || rows.length === LOOKED_AT;
}
