import { SkillDesk } from '@errand/core/orchestrator/skills/skill-desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { INote } from '@errand/core/ports/note.ts';
import type { ISkillFiles } from '@errand/core/ports/skill-files.ts';
import type { Config } from './config.ts';

interface Parts {
	/** Which are switched off. */
	readonly note: INote;
	readonly hasModel: boolean;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** openSkills finds skills in the operator's folder, when they are first asked for. */
export function openSkills({ skillsDir }: Pick<Config, 'skillsDir'>, { clock, ...parts }: Parts): SkillDesk {
	let files: Promise<ISkillFiles> | undefined;
	return new SkillDesk({
		...parts,
		files: () => {
			files ??= import('@errand/core/adapters/files/skill-folders.ts').then(
				({ SkillFolders }) => new SkillFolders({ folder: skillsDir, now: () => clock.now() }),
			);
			return files;
		},
	});
}
