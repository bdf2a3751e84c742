import { isCoreError } from '@errand/core/domain/errors.ts';
import { asArtifactId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { Response } from 'express';
import { z } from 'zod';
import type { SharedLink } from '../../links/link-signer.ts';
import { SHARED_POLICY } from '../../links/shared-frame.ts';
import { sharedNotice, sharedPage } from '../../links/shared-page.ts';
import { type Answer, type Route, route } from '../route.ts';
import { sendArtifact } from '../send-artifact.ts';
import type { HttpServices } from '../services.ts';

const Token = z.string().min(1).max(1_000);
const PAGE = { description: 'A page to read.', types: ['text/html'] } as const;
const NO_PAGE = { description: 'Why there is none, as a page to read.', types: ['text/html'] } as const;

/** SHARED_ROUTES show one task to whoever has the link that was made for it, and nothing else. */
export const SHARED_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/s/:token',
			operationId: 'getShared',
			summary: 'The answer of one task as a page, for whoever has the link.',
			tag: 'shared',
			access: 'open',
			params: z.object({ token: Token }),
			responses: { 200: PAGE, 404: NO_PAGE, 410: NO_PAGE },
			errors: [],
		},
		async (services, { params, response }) => {
			const found = await findShared(services, params.token);
			if ('gone' in found) return notice(response, found.gone);
			const { link, view } = found;
			const path = `/s/${encodeURIComponent(params.token)}`;
			return html(response, 200, sharedPage(view, { path, expiresAt: link.expiresAt }));
		},
	),
	route(
		{
			method: 'get',
			path: '/s/:token/files/:artifact',
			operationId: 'getSharedFile',
			summary: 'A file of a shared task; ranges and ETags work.',
			tag: 'shared',
			access: 'open',
			params: z.object({ token: Token, artifact: z.string().min(1).max(200).transform(asArtifactId) }),
			responses: {
				200: { description: 'The file.', types: ['*/*'] },
				206: { description: 'A part of the file.', types: ['*/*'] },
				304: { description: 'The file has not changed.' },
				404: NO_PAGE,
				410: NO_PAGE,
				416: { description: 'The file has no such part.' },
			},
			errors: [],
		},
		async (services, { params, response }) => {
			const found = await findShared(services, params.token);
			if ('gone' in found) return notice(response, found.gone);
			const { link, view } = found;
			if (!view.result?.artifacts.some(({ id }) => id === params.artifact)) return notice(response, NO_FILE);
			const stored = await services.artifacts.stat(params.artifact);
			if (stored === undefined || stored.owner.person !== link.person) return notice(response, NO_FILE);
			response.setHeader('X-Robots-Tag', 'noindex, nofollow');
			const answer = await sendArtifact(response, stored, { save: false });
			return answer === 'gone' ? notice(response, NO_FILE) : answer;
		},
	),
];

interface Notice {
	readonly status: 404 | 410;
	readonly title: string;
	readonly words: string;
}

const NO_LINK: Notice = {
	status: 404,
	title: 'There is no such page',
	words:
		'The link is not complete, or it was never given out. Open it as it stands in the text message, up to its last character.',
};
const OVER: Notice = {
	status: 410,
	title: 'This link has expired',
	words: 'Links are good for a week. Text LOGIN for a link to your own page, where the answer still is.',
};
const ERASED: Notice = { status: 410, title: 'This is gone', words: 'What was here has been erased.' };
const NO_FILE: Notice = {
	status: 404,
	title: 'There is no such file',
	words: 'This answer has no such file, or not any more.',
};

async function findShared({ links, tasks, clock }: HttpServices, token: string) {
	const link = links.read(token);
	if (link === undefined) return { gone: NO_LINK };
	if (link.expiresAt <= clock.now()) return { gone: OVER };
	try {
		return { link, view: await tasks.view(principalOf(link), link.task) };
	} catch (error) {
		if (isCoreError(error, 'unknown-task')) return { gone: ERASED };
		throw error;
	}
}

/** A link reads as its person does, and never does anything. */
function principalOf({ person }: SharedLink): Principal {
	return { person, role: 'guest' };
}

function notice(response: Response, { status, title, words }: Notice): Answer {
	return html(response, status, sharedNotice(title, words));
}

function html(response: Response, status: number, page: string): Answer {
	response
		.status(status)
		.set({
			'Content-Type': 'text/html; charset=utf-8',
			'Content-Security-Policy': SHARED_POLICY,
			'X-Robots-Tag': 'noindex, nofollow, noarchive',
		})
		.end(page);
	return 'written';
}
