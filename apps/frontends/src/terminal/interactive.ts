import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { runCommand, runGoal, showTask, type Talk } from './run-goal.ts';

/** interactive takes goals and commands one after the other, until the person leaves. */
export async function interactive(talk: Talk): Promise<void> {
	const { screen } = talk;
	let lastTask: string | undefined;
	const remembering: Talk = {
		...talk,
		onTask: (taskId) => {
			lastTask = taskId ?? lastTask;
			talk.onTask(taskId);
		},
	};
	screen.print([
		`${screen.paint.bold('Errand')} ${screen.paint.dim('Write what you want done. /help lists the commands, /quit leaves.')}`,
	]);
	for (;;) {
		screen.print(['']);
		const typed = await screen.ask('› ');
		if (typed === undefined || /^\/(quit|exit|q)$/.test(typed.trim())) return;
		const words = typed.trim();
		if (words === '') continue;
		try {
			if (words === '/retry' && lastTask !== undefined) await retry(remembering, lastTask);
			else if (/^\/[a-z]+(\s|$)/.test(words) && !words.startsWith('/new ')) await runCommand(remembering, words);
			else await runGoal(remembering, words.replace(/^\/new\s+/, ''), []);
		} catch (error) {
			screen.clear();
			screen.print([screen.paint.bad(describeError(error))]);
			if (isCoreError(error) && error.hint !== '') screen.print([screen.paint.dim(error.hint)]);
		}
	}
}

async function retry(talk: Talk, taskId: string): Promise<void> {
	await talk.client.call('POST', `/v1/tasks/${encodeURIComponent(taskId)}/retry`, {});
	await showTask(talk, taskId);
}
