import type { SuggestedKind } from '@errand/core/domain/conversation/chat-command.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IPeopleDesk } from '@errand/core/orchestrator/desks/people.ts';
import type { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import type { Suggestion } from '@errand/core/ports/frontend.ts';

interface Dependencies {
	readonly people: Pick<IPeopleDesk, 'whoIs' | 'view'>;
	readonly tasks: Pick<Orchestrator['tasks'], 'recent'>;
	readonly workflows: Pick<Orchestrator['workflows']['desk'], 'list'>;
	readonly schedules: Pick<Orchestrator['schedules']['desk'], 'list'>;
}

/** The latest tasks that are looked through while somebody types. */
const LATEST_TASKS = 100;

/** suggestionsFor looks up what somebody may mean while they type. */
export function suggestionsFor(deps: Dependencies) {
	const { people, tasks, workflows, schedules } = deps;
	const of: Readonly<Record<SuggestedKind, (principal: Principal) => Promise<readonly Suggestion[]>>> = {
		task: async (principal) =>
			(await tasks.recent(principal, LATEST_TASKS)).map(({ number, goal, status }) =>
				numbered(number, `${goal} (${status})`),
			),
		workflow: async (principal) =>
			(await workflows.list(principal))
				.filter(({ enabled }) => enabled)
				.map(({ name, title }) => ({ value: name, label: title === name ? name : `${name} · ${title}` })),
		schedule: async (principal) =>
			(await schedules.list(principal))
				.filter(({ status }) => status !== 'ended')
				.map(({ number, title, words }) => numbered(number, `${title} (${words})`)),
		account: async ({ person }) =>
			((await people.view(person))?.identities ?? []).map(({ identity, name }) => ({
				value: identity,
				label: name === undefined ? identity : `${identity} · ${name}`,
			})),
	};
	return async (identity: string, kind: SuggestedKind): Promise<readonly Suggestion[]> => {
		const principal = await people.whoIs(identity);
		return principal === undefined ? [] : of[kind](principal);
	};
}

function numbered(number: number, words: string): Suggestion {
	return { value: String(number), label: `${number} · ${words}` };
}
