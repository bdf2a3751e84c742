import { isJsonObject, type JsonObject } from '@errand/core/domain/json.ts';
import { useSignal } from '@preact/signals';
import { taskAddress } from '../../../state/route.ts';
import { useStores } from '../../../state/stores.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import { useAction } from '../../act.ts';
import { Answer } from '../../answer.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { OpenQuestion } from '../../question.tsx';
import { TaskStatusWords } from '../../status.tsx';
import { InputFields } from '../input-fields.tsx';

/** What was given last, for as long as the page is open: who tries again gives mostly the same. */
const given = new Map<string, JsonObject>();

/** TrialPanel runs what is drawn, saved or not, and shows how it goes. */
export function TrialPanel({ designer }: { readonly designer: Designer }) {
	const { api } = useStores();
	const action = useAction();
	const draft = designer.draft.value;
	const key = String(draft['name']);
	const input = useSignal<JsonObject>(given.get(key) ?? {});
	const schema = draft['input'];
	const trial = designer.trial.value;
	const wrong = designer.problems.value.length > 0;
	return (
		<div class="trial-panel">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					given.set(key, input.peek());
					action.run(() => designer.tryOut(input.peek()));
				}}
			>
				{schema !== undefined && isJsonObject(schema) && (
					<InputFields
						schema={schema}
						value={input.value}
						onChange={(value) => {
							input.value = value;
						}}
					/>
				)}
				<div class="button-row">
					<button type="submit" class="button main-button" disabled={action.busy.value || wrong}>
						Run
					</button>
					{trial !== undefined && (
						<RunningButtons task={trial.task} onCancel={() => action.run(() => api.cancel(trial.task))} />
					)}
				</div>
				{wrong && <p class="muted">It can be tried once nothing is wrong with it.</p>}
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{trial !== undefined && <Going task={trial.task} />}
		</div>
	);
}

function RunningButtons({ task, onCancel }: { readonly task: string; readonly onCancel: () => void }) {
	const view = useStores().tasks.open(task).view.value;
	return (
		<>
			{view?.endedAt === undefined && (
				<button type="button" class="button" onClick={onCancel}>
					Cancel
				</button>
			)}
			<a class="button" href={taskAddress(task)} target="_blank" rel="noopener">
				Its task
			</a>
		</>
	);
}

function Going({ task }: { readonly task: string }) {
	const live = useStores().tasks.open(task);
	const view = live.view.value;
	if (live.problem.value !== undefined) return <ProblemNote problem={live.problem.value} />;
	if (view === undefined) return <p class="muted">Beginning…</p>;
	return (
		<section class="going" aria-label="This run">
			<TaskStatusWords task={view} />
			{view.questions.map((question) => (
				<OpenQuestion key={question.id} taskId={view.id} question={question} />
			))}
			{view.error !== undefined && <ProblemNote problem={view.error} />}
			<Answer task={live} />
		</section>
	);
}
