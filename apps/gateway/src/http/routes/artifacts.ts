import { CoreError } from '@errand/core/domain/errors.ts';
import { asArtifactId } from '@errand/core/domain/ids.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { sendArtifact } from '../send-artifact.ts';

const ArtifactParams = z.object({ id: z.string().min(1).max(200).transform(asArtifactId) });
const DownloadQuery = z.strictObject({
	download: z.enum(['0', '1']).default('0').describe('1: save it rather than show it.'),
});

/** ARTIFACT_ROUTES hand out files. */
export const ARTIFACT_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/artifacts/:id',
			operationId: 'getArtifact',
			summary: 'A file that a task made or was given; ranges and ETags work.',
			tag: 'artifacts',
			access: 'person',
			params: ArtifactParams,
			query: DownloadQuery,
			responses: {
				200: { description: 'The file.', types: ['*/*'] },
				206: { description: 'A part of the file.', types: ['*/*'] },
				304: { description: 'The file has not changed.' },
				416: { description: 'The file has no such part.' },
			},
			errors: ['unknown-artifact'],
		},
		async ({ artifacts }, { caller, params, query, response }) => {
			const found = await artifacts.stat(params.id);
			if (!found || found.owner.person !== caller.principal.person) throw unknownArtifact(params.id);
			const answer = await sendArtifact(response, found, { save: query.download === '1' });
			if (answer === 'gone') throw unknownArtifact(params.id);
			return answer;
		},
	),
];

function unknownArtifact(id: string): CoreError {
	return new CoreError('unknown-artifact', `There is no file "${id}" of yours.`, {
		hint: 'Take the id from a task’s result; files of a forgotten person are gone.',
	});
}
