import type { Mind, ModelAsked, ModelSaid } from './model-stand-in.ts';
import { goalIn, partAfter } from './reading-prompts.ts';

/**
 * scriptedMind plans by what a goal says, so that a person in a chat can have every kind of task:
 * `Tell me: …` is answered, `Show x after 3000 ms` takes a while, `Find out my colour` and `my name` ask, `Get permission`
 * wants approval, `Write a file` and `Show what came along` are about files, `Write a long list` is long. All else is echoed.
 */
export const scriptedMind: Mind = { plan: (asked) => moveFor(goalIn(asked.user).trim(), asked) };

/** LONG_LIST is how many lines the long list has; each begins `Line <number> of`. */
export const LONG_LIST = 300;

function moveFor(goal: string, { user }: ModelAsked): ModelSaid {
	const told = /^Tell me: ([\s\S]*)$/.exec(goal);
	if (told !== null) return told[1] ?? '';
	const slow = /^Show (\w+) after (\d+) ms(?: in (\d+) steps)?/.exec(goal);
	if (slow !== null) return waiting(slow[1] ?? '', Number(slow[2]), Number(slow[3] ?? 1));
	if (goal.startsWith('Find out my colour')) {
		return asking({ kind: 'choice', text: 'Which colour?', choices: ['red', 'green', 'blue'] });
	}
	if (goal.startsWith('Find out my name')) return asking({ kind: 'text', text: 'What are you called?' });
	if (goal.startsWith('Get permission')) return asking({ kind: 'approval', text: 'May I?' });
	if (goal.startsWith('Write a file')) {
		return step('files.write', { path: 'note.txt', content: 'The content of the note.' });
	}
	if (goal.startsWith('Show what came along')) {
		return step('test.wait', { ms: 0, say: partAfter(user, 'Files that came along:') });
	}
	if (goal.startsWith('Write a long list')) return longList();
	return `You said: ${goal}`;
}

function longList(): string {
	return Array.from({ length: LONG_LIST }, (_, at) => `- Line ${at + 1} of a long answer about nothing much.`).join(
		'\n',
	);
}

function waiting(say: string, ms: number, steps: number): ModelSaid {
	const plan = Array.from({ length: steps }, (_, at) => ({
		id: `s${at}`,
		title: `Part ${at + 1}`,
		capability: 'test.wait',
		input: { ms: Math.round(ms / steps), say: at === steps - 1 ? say : 'on' },
		...(at === 0 ? {} : { dependsOn: [`s${at - 1}`] }),
	}));
	return { call: 'propose_plan', args: { steps: plan } };
}

function asking(question: Record<string, unknown>): ModelSaid {
	return step('human.ask', { questions: [question] });
}

function step(capability: string, input: unknown): ModelSaid {
	return { call: 'propose_plan', args: { steps: [{ id: 's', title: 'Do it', capability, input }] } };
}
