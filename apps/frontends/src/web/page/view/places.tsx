import type { Route } from '../state/route.ts';
import type { LiveTask } from '../state/tasks.ts';
import { lazily } from './lazily.tsx';

/** SettingsRoute is what is drawn by the parts about people, frontends, conversations held elsewhere and what carries the work. */
export type SettingsRoute = Extract<
	Route,
	{ name: 'conversation' | 'conversations' | 'people' | 'frontends' | 'system' }
>;

/** Settings shows those parts, once what draws them is here. */
export const Settings = lazily<{ readonly route: SettingsRoute }>(
	async () => (await import('./settings/settings-place.tsx')).SettingsPlace,
);

/** BacklogRoute is what is drawn by the part about backlogs. */
export type BacklogRoute = Extract<Route, { name: 'backlog' | 'backlogs' }>;

/** Backlogs lists backlogs, and shows one as a board. */
export const Backlogs = lazily<{ readonly route: BacklogRoute }>(
	async () => (await import('./backlogs/backlogs-place.tsx')).BacklogsPlace,
);

/** WorkflowRoute is what is drawn by the part about workflows. */
export type WorkflowRoute = Extract<Route, { name: 'workflow' | 'workflows' | 'designer' }>;

/** Workflows lists workflows, shows one, and lets one be worked on. */
export const Workflows = lazily<{ readonly route: WorkflowRoute }>(
	async () => (await import('./workflows/workflows-place.tsx')).WorkflowsPlace,
);

/** RoundsRoute is what is drawn by the part about what goes on by itself: schedules and agents. */
export type RoundsRoute = Extract<Route, { name: 'schedules' | 'agents' }>;

/** Rounds shows schedules and agents. */
export const Rounds = lazily<{ readonly route: RoundsRoute }>(
	async () => (await import('./rounds/rounds-place.tsx')).RoundsPlace,
);

/** Models shows the language models and what they cost. */
export const Models = lazily<object>(async () => (await import('./models/models-page.tsx')).ModelsPage);

/** Memory shows what is remembered of the person. */
export const Memory = lazily<object>(async () => (await import('./memory/memory-page.tsx')).MemoryPage);

/** TaskModels shows which models a task used, and what for. */
export const TaskModels = lazily<Parameters<typeof import('./models/task-models.tsx').TaskModelsSection>[0]>(
	async () => (await import('./models/task-models.tsx')).TaskModelsSection,
);

/** HistoryTab plays a task back. */
export const HistoryTab = lazily<{ readonly task: LiveTask }>(async () => (await import('./history.tsx')).HistoryTab);
