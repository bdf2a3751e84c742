import { hasCode } from '@errand/core/adapters/files/durable-file.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asArtifactId } from '@errand/core/domain/ids.ts';
import type { Response } from 'express';
import { z } from 'zod';
import { contentDisposition, presentationOf } from '../file-presentation.ts';
import { type Route, route } from '../route.ts';

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
			const { type, inline, policy } = presentationOf(found.ref.type);
			response.setHeader('Content-Type', type);
			response.setHeader('Content-Security-Policy', policy);
			response.setHeader('Cache-Control', 'private, no-cache');
			response.setHeader(
				'Content-Disposition',
				contentDisposition(inline && query.download === '0' ? 'inline' : 'attachment', found.ref.name),
			);
			const error = await sent(response, found.path);
			if (error === undefined || response.headersSent) return 'written';
			for (const name of ['Content-Type', 'Content-Security-Policy', 'Content-Disposition'])
				response.removeHeader(name);
			if (hasCode(error, 'ENOENT')) throw unknownArtifact(params.id);
			if ('status' in error && error.status === 416) {
				return { status: 416, headers: { 'Content-Range': `bytes */${found.ref.bytes}` } };
			}
			throw error;
		},
	),
];

// The data directory may well stand under a folder whose name begins with a dot.
function sent(response: Response, path: string): Promise<Error | undefined> {
	return new Promise((resolve) => response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, resolve));
}

function unknownArtifact(id: string): CoreError {
	return new CoreError('unknown-artifact', `There is no file "${id}" of yours.`, {
		hint: 'Take the id from a task’s result; files of a forgotten person are gone.',
	});
}
