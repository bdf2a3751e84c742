import { realpath } from 'node:fs/promises';
import { ProjectFiles } from '@errand/core/adapters/files/project-files.ts';
import { ProjectFolders } from '@errand/core/adapters/files/project-folders.ts';
import { isBelow } from '@errand/core/adapters/files/project-paths.ts';
import { GitWork } from '@errand/core/adapters/git/git-work.ts';
import { autopilotTools } from '@errand/core/orchestrator/backlogs/autopilot/autopilot-tools.ts';
import type { ProjectParts } from '@errand/core/orchestrator/backlogs/backlog-streams.ts';
import { planOperation, readOperation } from '@errand/core/planning/backlog/operations.ts';
import type { Config } from './config.ts';

/** openProjects lets backlogs have their files: the owner's in any folder of this machine, others' below those of ERRAND_PROJECTS. */
export function openProjects(
	{ projects, environment }: Pick<Config, 'projects' | 'environment'>,
	parts: Pick<ProjectParts, 'models' | 'tools'>,
): ProjectParts {
	return {
		...parts,
		tools: { ...autopilotTools(new GitWork(environment)), ...parts.tools },
		files: new ProjectFiles(),
		folders: new ProjectFolders(),
		mayOpen: async ({ role }, root) => {
			if (role === 'owner') return true;
			if (role !== 'member') return false;
			// Links may come to lead elsewhere while the server runs; a folder that is away opens nothing.
			const real = await Promise.all(projects.map((folder) => realpath(folder).catch(() => undefined)));
			return real.some((folder) => folder !== undefined && isBelow(folder, root));
		},
		work: { plan: planOperation, read: readOperation },
	};
}
