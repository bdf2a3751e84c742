import { FIRST_TAG } from '../../domain/backlog/state.ts';

/** PROJECT_FILES are where a project keeps its backlog, below its folder. */
export const PROJECT_FILES = {
	tasks: '.taskmaster/tasks/tasks.json',
	/** Where older clients kept it. */
	oldTasks: 'tasks/tasks.json',
	state: '.taskmaster/state.json',
	config: '.taskmaster/config.json',
	exampleDocument: '.taskmaster/templates/example_prd.md',
	document: '.taskmaster/docs/prd.md',
	oldDocument: '.taskmaster/docs/prd.txt',
	itemFiles: '.taskmaster/tasks',
} as const;

/** reportPath is where the complexity report of a tag stands. */
export function reportPath(tag: string): string {
	const suffix = tag === FIRST_TAG ? '' : `_${tagInFileName(tag)}`;
	return `.taskmaster/reports/task-complexity-report${suffix}.json`;
}

/** tagInFileName is a tag's name as it stands in names of files. */
export function tagInFileName(tag: string): string {
	return tag.replace(/[^\p{L}\p{N}_-]/gu, '-');
}
