import { StreamsOnDemand } from '../commands/streams-on-demand.ts';
import type { IBacklogDesk } from '../desks/backlog.ts';
import type { BacklogPorts, ProjectParts } from './backlog-streams.ts';
import { BACKLOG_PREFIX } from './which-project.ts';

/** backlogsOnDemand are all backlogs, opened with the first call, or the first task that could be work for one. */
export function backlogsOnDemand(
	ports: BacklogPorts,
	projects: () => Promise<ProjectParts>,
): StreamsOnDemand<IBacklogDesk> {
	return new StreamsOnDemand<IBacklogDesk>({
		prefix: BACKLOG_PREFIX,
		calls: { call: true, operation: true, cancelOperation: true, list: true, work: true, follow: true },
		// Runs of other workflows are many, and never theirs.
		concerns: ({ announced, planBy }, { about }) =>
			about.kind === 'end' && announced === true && !/^workflow:(?!backlog\.)/.test(planBy),
		load: async () => {
			const [{ BacklogStreams }, given] = await Promise.all([import('./backlog-streams.ts'), projects()]);
			return new BacklogStreams({ ...ports, ...given });
		},
	});
}
