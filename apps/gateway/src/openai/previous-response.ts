import type { TaskId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { HttpServices } from '../http/services.ts';
import { answerText } from './answer-text.ts';
import type { Said } from './said.ts';

/** earlierTurns is the conversation that a response ended, as its client would send it: what was asked before, and its answer. */
export async function earlierTurns(
	{ tasks, origins }: Pick<HttpServices, 'tasks' | 'origins'>,
	principal: Principal,
	task: TaskId,
): Promise<Said[]> {
	const view = await tasks.view(principal, task);
	const { events } = await tasks.facts(principal, task, 0);
	const submitted = events.find((fact) => fact.type === 'TaskSubmitted')?.data;
	const turns = (submitted?.answerOnly ?? []).filter(({ role }) => role !== 'system');
	const goals = turns.length > 0 ? [] : (submitted?.earlierGoals ?? []);
	return [
		...turns.map(({ role, text }): Said => ({ role, text, attachments: [] })),
		...goals.map((text): Said => ({ role: 'user', text, attachments: [] })),
		{ role: 'user', text: view.goal, attachments: [] },
		{ role: 'assistant', text: answerText(view, origins.address()), attachments: [] },
	];
}
