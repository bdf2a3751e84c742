import { sep } from 'node:path';
import { ProjectFiles } from '@errand/core/adapters/files/project-files.ts';
import { ProjectFolders } from '@errand/core/adapters/files/project-folders.ts';
import type { ProjectParts } from '@errand/core/orchestrator/backlogs/backlog-streams.ts';
import { planOperation, readOperation } from '@errand/core/planning/backlog/operations.ts';
import type { Config } from './config.ts';

/** openProjects lets backlogs have their files: the owner's in any folder of this machine, others' below those of ERRAND_PROJECTS. */
export function openProjects(
	{ projects }: Pick<Config, 'projects'>,
	parts: Pick<ProjectParts, 'models' | 'tools'>,
): ProjectParts {
	return {
		...parts,
		files: new ProjectFiles(),
		folders: new ProjectFolders(),
		mayOpen: ({ role }, root) => {
			if (role === 'owner') return true;
			return role === 'member' && projects.some((folder) => root === folder || root.startsWith(`${folder}${sep}`));
		},
		work: { plan: planOperation, read: readOperation },
	};
}
