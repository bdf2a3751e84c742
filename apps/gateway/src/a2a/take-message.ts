import { hash } from 'node:crypto';
import type { SendMessageRequest } from '@a2a-js/sdk';
import { questionHelp, readAnswer } from '@errand/core/domain/conversation/read-answer.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { malformed, unsupported } from './a2a-error.ts';
import { exchangeOf, type HandlerDesks } from './exchange-of.ts';
import { setPush } from './push-configs.ts';
import { type ReadMessage, readMessage } from './read-message.ts';
import { stateOf } from './shown-task.ts';

const MAX_CONTEXT = 200;
const EARLIER_GOALS = 5;

/** takeMessage makes a message a task, or the answer to what a task asks; resolves with the task's id. */
export async function takeMessage(
	desks: HandlerDesks,
	principal: Principal,
	{ message, configuration }: SendMessageRequest,
): Promise<string> {
	const read = readMessage(message);
	const { taskId = '', contextId = '' } = message ?? {};
	const id = taskId === '' ? await begin(desks, principal, read, contextId) : taskId;
	if (taskId !== '') await answerTask(desks, principal, taskId, read, contextId);
	const push = configuration?.taskPushNotificationConfig;
	if (push !== undefined) await setPush(desks, principal, id, push);
	return id;
}

async function begin(
	{ tasks, exchanges }: HandlerDesks,
	principal: Principal,
	read: ReadMessage,
	given: string,
): Promise<string> {
	if (given.length > MAX_CONTEXT) throw malformed(`A contextId has at most ${MAX_CONTEXT} characters.`);
	const context = given === '' ? `c${hash('sha256', `${principal.person}/${read.id}`, 'hex').slice(0, 24)}` : given;
	const earlier = given === '' ? [] : await exchanges.ofContext(principal, context, EARLIER_GOALS);
	const views = await Promise.all(earlier.map((task) => tasks.view(principal, task)));
	const { id, duplicate } = await tasks.submit(principal, {
		goal: read.text,
		attachments: read.attachments,
		idempotencyKey: `a2a:${read.id}`,
		...(views.length === 0 ? {} : { earlierGoals: views.map(({ goal }) => goal).reverse() }),
	});
	await exchanges.begin(principal, id, context);
	if (!duplicate || (await exchanges.get(principal, id))?.messages.length === 0) {
		await exchanges.say(principal, id, { id: read.id, text: read.text });
	}
	return id;
}

async function answerTask(
	desks: HandlerDesks,
	principal: Principal,
	taskId: string,
	read: ReadMessage,
	contextId: string,
): Promise<void> {
	const { tasks, exchanges } = desks;
	const task = asTaskId(taskId);
	const view = await tasks.view(principal, task);
	const exchange = await exchangeOf(desks, principal, taskId);
	if (contextId !== '' && contextId !== exchange.context) {
		throw malformed(`Task "${taskId}" belongs to another context than "${contextId.slice(0, 100)}".`);
	}
	if (exchange.messages.some(({ id }) => id === read.id)) return;
	const question = view.questions.find(({ id }) => read.questionId === undefined || id === read.questionId);
	if (question === undefined) {
		const again = 'Send a message without a taskId for a new one; the same contextId keeps what was said.';
		throw unsupported(`Task "${taskId}" is ${stateOf(view)} and asks nothing. ${again}`);
	}
	const attachments = read.attachments.map((one) => (one.kind === 'url' ? one : undefined));
	if (attachments.some((one) => one === undefined)) {
		throw malformed('An answer may hold addresses, not bytes: send a file with a message of its own.');
	}
	const links = read.attachments.flatMap((one) => (one.kind === 'url' ? [one.url] : []));
	const text = [read.text, ...links].filter(Boolean).join('\n');
	const answer = question.kind === 'secret' ? text : readAnswer(question, { text, attachments: [] });
	if (answer === undefined || answer === '') throw malformed(questionHelp(question));
	await tasks.answer(principal, task, question.id, answer);
	const said = question.kind === 'secret' ? '(kept secret)' : read.text;
	await exchanges.say(principal, task, { id: read.id, text: said });
}
