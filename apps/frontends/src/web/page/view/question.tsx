import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { AskedQuestion } from '@errand/core/domain/task/state.ts';
import { useSignal } from '@preact/signals';
import type { TargetedInputEvent } from 'preact';
import { useId } from 'preact/hooks';
import { answerWords } from '../fold/answers.ts';
import { useStores } from '../state/stores.ts';
import { type Action, useAction } from './act.ts';
import { Markdown } from './markdown.tsx';
import { ProblemNote } from './problem-note.tsx';

/** QuestionInChat is a question where it was asked: open for an answer, or with the one it got. */
export function QuestionInChat({ taskId, reply }: { readonly taskId: string; readonly reply: ReplyBody }) {
	const { tasks } = useStores();
	const state = tasks.open(taskId).followed.value.state;
	const question = reply.question;
	if (question === undefined) {
		return (
			<div class="said">
				<Markdown text={reply.text} />
			</div>
		);
	}
	const asked = state?.questions[asQuestionId(question.id)];
	if (asked !== undefined && asked.status !== 'open') return <ClosedQuestion asked={asked} />;
	return <OpenQuestion taskId={taskId} question={asked?.question ?? question} />;
}

function ClosedQuestion({ asked }: { readonly asked: AskedQuestion }) {
	return (
		<div class="question question-closed">
			<p>{asked.question.text}</p>
			<p class="muted">{answerWords(asked)}</p>
		</div>
	);
}

/** OpenQuestion lets the person answer: words, a choice, yes or no, or a secret. */
export function OpenQuestion({ taskId, question }: { readonly taskId: string; readonly question: Question }) {
	const { api } = useStores();
	const action = useAction();
	const heading = useId();
	const answer = (text: string) => action.run(() => api.answer(taskId, question.id, text));
	return (
		<section class="question" aria-labelledby={heading}>
			<p class="question-kind">{question.kind === 'approval' ? 'Needs your approval' : 'Needs your answer'}</p>
			<div class="question-text" id={heading}>
				<Markdown text={question.text} />
			</div>
			{question.effect !== undefined && <pre class="effect">{question.effect.summary}</pre>}
			{question.kind === 'approval' && (
				<div class="button-row">
					<button
						type="button"
						class="button main-button"
						disabled={action.busy.value}
						onClick={() => action.run(() => api.decide(taskId, question.id, 'approve'))}
					>
						Approve
					</button>
					<button
						type="button"
						class="button"
						disabled={action.busy.value}
						onClick={() => action.run(() => api.decide(taskId, question.id, 'refuse'))}
					>
						Refuse
					</button>
				</div>
			)}
			{question.kind === 'choice' && (
				<div class="button-row">
					{question.choices?.map((choice) => (
						<button
							type="button"
							class="button"
							key={choice}
							disabled={action.busy.value}
							onClick={() => answer(choice)}
						>
							{choice}
						</button>
					))}
				</div>
			)}
			{(question.kind === 'text' || question.kind === 'secret') && (
				<AnswerField secret={question.kind === 'secret'} action={action} answer={answer} labelledBy={heading} />
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}

function AnswerField({
	secret,
	action,
	answer,
	labelledBy,
}: {
	readonly secret: boolean;
	readonly action: Action;
	readonly answer: (text: string) => void;
	readonly labelledBy: string;
}) {
	const typed = useSignal('');
	const field = {
		'aria-labelledby': labelledBy,
		value: typed.value,
		onInput: (event: TargetedInputEvent<HTMLInputElement>) => {
			typed.value = event.currentTarget.value;
		},
	};
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				if (typed.value.trim() !== '') answer(typed.value);
			}}
		>
			<div class="field-row">
				{secret ? (
					<input type="password" autocomplete="one-time-code" {...field} />
				) : (
					<input type="text" autocomplete="off" {...field} />
				)}
				<button type="submit" class="button main-button" disabled={action.busy.value || typed.value.trim() === ''}>
					Answer
				</button>
			</div>
			{secret && <p class="muted">Kept encrypted; it is not shown again and not written into the history.</p>}
		</form>
	);
}
