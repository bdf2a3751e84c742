import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import { asStreamId, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { IProjectFolders } from '../../ports/project-files.ts';
import type { Principal } from '../desks/desk.ts';

/** BACKLOG_PREFIX begins every backlog's stream. */
export const BACKLOG_PREFIX = 'backlog-';

/** MayOpen says whether somebody may open a folder of the machine the server runs on; `root` is its real path. */
export type MayOpen = (principal: Principal, root: string) => boolean | Promise<boolean>;

/** backlogStream is the stream of a backlog. */
export const backlogStream = (id: string): StreamId => asStreamId(`${BACKLOG_PREFIX}${id}`);

/** backlogIdOf is the backlog of a person's folder: two clients that name the same folder, over links too, meet in one. */
export function backlogIdOf(person: PersonId, root: string, file?: string): string {
	const named = [person, root, ...(file === undefined ? [] : [file])].join('\n');
	return `b${createHash('sha256').update(named).digest('hex').slice(0, 23)}`;
}

/** isBacklogId tells a backlog's id from a folder. */
export function isBacklogId(text: string): boolean {
	return /^b[0-9a-f]{23}$/.test(text);
}

/** nameOfFolder is what a project is called by its folder. */
export function nameOfFolder(root: string): string {
	return basename(root) || 'project';
}

/**
 * openFolder gives the real path of a folder that somebody may open. Whoever may not learns nothing of what is there; guests
 * may open none.
 */
export async function openFolder(
	{ folders, mayOpen }: { readonly folders: IProjectFolders; readonly mayOpen: MayOpen },
	principal: Principal,
	root: string,
): Promise<string> {
	if (principal.role === 'owner') return folders.folder(root);
	const real = await folders.folder(root).catch(() => undefined);
	if (real !== undefined && principal.role !== 'guest' && (await mayOpen(principal, real))) return real;
	throw new CoreError('forbidden', `You may not open the folder ${root.slice(0, 300)}.`, {
		hint: 'Ask the owner to list it in ERRAND_PROJECTS.',
	});
}
