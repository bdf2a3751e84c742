import type { Mind, ModelAsked } from './model-stand-in.ts';
import { documentsIn } from './reading-prompts.ts';

/**
 * backlogMind works on backlogs as a plain, true model would, from the request alone: each heading `### 3.2 Title` of a document is
 * a task, which depends on those that its line “Depends on:” names; an item's parts are its list; scores count those.
 */
export const backlogMind: Mind = {
	backlog_tasks: ({ user }) => ({ value: tasksIn(user) }),
	backlog_subtasks: ({ user }) => ({ value: { subtasks: subtasksIn(user) } }),
	backlog_scores: ({ user }) => ({
		value: {
			scores: itemsIn(user).map(({ id, text }) => ({
				id: Number(id),
				score: Math.min(10, 2 + pointsIn(text).length),
				subtasks: Math.max(2, pointsIn(text).length),
				prompt: 'Along its demands.',
				reasoning: `It has ${pointsIn(text).length} demands.`,
			})),
		},
	}),
	backlog_changes: ({ user }) => ({
		value: {
			changes: itemsIn(user).map(({ id }) => ({
				id,
				title: null,
				description: saidIn(user),
				details: null,
				testStrategy: null,
				priority: null,
			})),
		},
	}),
	backlog_notes: ({ user }) => ({
		value: { changes: itemsIn(user).map(({ id }) => ({ id, note: `Noted: ${saidIn(user)}` })) },
	}),
	backlog_task: ({ user }) => ({
		value: {
			task: {
				title: saidIn(user),
				description: saidIn(user),
				details: '',
				testStrategy: 'Look.',
				priority: 'medium',
				dependencies: [],
			},
		},
	}),
};

/** backlogReply is what a plain model replies to a request about a backlog, told by the shape that its prompt asks for; undefined for any other request. */
export function backlogReply(prompt: string): unknown {
	const shape = Object.keys(SHAPES).find((key) => prompt.includes(`{"${key}":`));
	const mind = shape === undefined ? undefined : backlogMind[SHAPES[shape] ?? ''];
	const asked: ModelAsked = { what: '', system: '', user: prompt, turns: 2 };
	const said = mind?.(asked);
	return typeof said === 'object' && 'value' in said ? said.value : undefined;
}

/** By which words the prompts ask for what. */
const SHAPES: Readonly<Record<string, string>> = {
	tasks: 'backlog_tasks',
	subtasks: 'backlog_subtasks',
	scores: 'backlog_scores',
	changes: 'backlog_changes',
	task: 'backlog_task',
};

function tasksIn(prompt: string): { tasks: unknown[] } {
	const documents = documentsIn(prompt);
	const [document] = documents;
	const known = documents.find(({ title }) => title.startsWith('Known tasks'))?.text ?? '';
	const numbers = new Map([...known.matchAll(/^(\d+)\. (.*)$/gm)].map(([, id, title = '']) => [title, Number(id)]));
	let next = Number(/Ids begin with (\d+)\./.exec(prompt)?.[1] ?? 1);
	const tasks = (document?.text ?? '').split(/^(?=#{2,3} )/m).flatMap((section) => {
		const title = /^### (?:\d+\.\d+ )?(.+)$/m.exec(section)?.[1];
		if (title === undefined || !/^- .*\b(?:must|should)\b/m.test(section)) return [];
		const id = next++;
		numbers.set(title, id);
		const needs = /^Depends on: (.*)$/m.exec(section)?.[1]?.split(', ') ?? [];
		const details = pointsIn(section)
			.map((point) => `- ${point}`)
			.join('\n');
		const dependencies = needs.flatMap((name) => numbers.get(name) ?? []);
		return [
			{
				id,
				title,
				description: `${title}.`,
				details,
				testStrategy: 'As the document says.',
				priority: 'high',
				dependencies,
			},
		];
	});
	return { tasks };
}

function subtasksIn(prompt: string): unknown[] {
	const [item] = itemsIn(prompt);
	const wanted = Number(/Make (\d+) parts/.exec(prompt)?.[1] ?? 0);
	const points = pointsIn(item?.text ?? '');
	const count = wanted === 0 ? Math.max(2, points.length) : wanted;
	return Array.from({ length: count }, (_, at) => ({
		id: at + 1,
		title: points[at] ?? `Round off ${at + 1}`,
		description: '',
		details: '',
		testStrategy: '',
		dependencies: at === 0 ? [] : [at],
	}));
}

function itemsIn(prompt: string): { id: string; text: string }[] {
	return documentsIn(prompt).flatMap(({ title, text }) => {
		const id = /^Task (\d+(?:\.\d+)?)$/.exec(title)?.[1];
		return id === undefined ? [] : [{ id, text }];
	});
}

function pointsIn(text: string): string[] {
	return [...text.matchAll(/^- (.*\b(?:must|should|may|could)\b.*)$/gm)].map(([, point = '']) => point.slice(0, 90));
}

function saidIn(prompt: string): string {
	return /in their words:\n([\s\S]*?)(?:\n\n|$)/.exec(prompt)?.[1] ?? '';
}
