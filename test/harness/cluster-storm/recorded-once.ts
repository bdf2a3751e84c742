import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';

/** What names a run of a step. */
interface Token {
	readonly attempt: number;
	readonly run: number;
}

/**
 * recordedTwice says what is wrong with the facts of a task that is done: a gap, a step with two outcomes, a run that began under
 * a token that was not the highest, an outcome of one that was overtaken, anything after the end. Empty where all is well.
 */
export function recordedTwice(facts: readonly RecordedTaskFact[], outcomes: number): readonly string[] {
	const wrongs: string[] = [];
	const current = new Map<string, Token & { over: boolean }>();
	const ended = new Set<string>();
	const skipped = new Set<string>();
	for (const [index, fact] of facts.entries()) {
		const wrong = (what: string) => wrongs.push(`fact ${fact.seq} (${fact.type}): ${what}`);
		if (fact.seq !== index + 1) wrong(`stands at place ${index + 1}`);
		switch (fact.type) {
			case 'StepStarted': {
				const { stepId, attempt, run } = fact.data;
				const before = current.get(stepId);
				if (ended.has(stepId)) wrong(`${stepId} was done`);
				if (before !== undefined && !isHigher(fact.data, before)) wrong(`${stepId} had a higher token`);
				if (before !== undefined && !before.over && attempt !== before.attempt) wrong(`${stepId} was still running`);
				current.set(stepId, { attempt, run, over: false });
				break;
			}
			case 'StepCompleted':
			case 'StepFailed':
			case 'StepLost': {
				const { stepId, attempt, run } = fact.data;
				const token = current.get(stepId);
				if (token === undefined || token.over) wrong(`${stepId} did not run`);
				else if (token.attempt !== attempt || (token.run !== run && !isSecondStart(fact, token)))
					wrong(`${stepId} was overtaken`);
				current.set(stepId, { attempt, run, over: true });
				if (fact.type !== 'StepCompleted') break;
				if (ended.has(stepId)) wrong(`${stepId} was done`);
				ended.add(stepId);
				break;
			}
			case 'QuestionAsked': {
				const { stepId } = fact.data.question;
				const token = stepId === undefined ? undefined : current.get(stepId);
				if (stepId !== undefined && token !== undefined) current.set(stepId, { ...token, over: true });
				break;
			}
			case 'TaskFailed':
				for (const [stepId, token] of current) current.set(stepId, { ...token, over: true });
				break;
			case 'StepSkipped':
				skipped.add(fact.data.stepId);
				break;
			case 'StepReopened':
				skipped.delete(fact.data.stepId);
				break;
		}
	}
	if (ended.size + skipped.size !== outcomes) wrongs.push(`${ended.size} steps done, ${skipped.size} left out`);
	const ends = facts.filter(({ type }) => type === 'TaskCompleted');
	if (ends.length !== 1) wrongs.push(`it ended ${ends.length} times`);
	return wrongs;
}

/** What acts on the world is not started a second time: that it was about to be is how it failed. */
function isSecondStart(fact: RecordedTaskFact, { run }: Token): boolean {
	return fact.type === 'StepFailed' && fact.data.failure.kind === 'unknown-outcome' && fact.data.run > run;
}

function isHigher(one: Token, other: Token): boolean {
	return one.attempt > other.attempt || (one.attempt === other.attempt && one.run > other.run);
}
