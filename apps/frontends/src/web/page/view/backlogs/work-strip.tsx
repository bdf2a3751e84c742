import type { OperationView } from '@errand/core/orchestrator/desks/backlog.ts';
import type { Board } from '../../state/backlog/board.ts';
import { taskAddress } from '../../state/route.ts';
import { lasting } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { Icon } from '../icon.tsx';

/** TOOL_WORDS say what an operation does. */
const TOOL_WORDS: Readonly<Record<string, string>> = {
	parse_prd: 'Reading a document',
	analyze_project_complexity: 'Judging how hard tasks are',
	expand_task: 'Splitting a task',
	expand_all: 'Splitting tasks',
	scope_up_task: 'Making tasks more thorough',
	scope_down_task: 'Making tasks simpler',
	update: 'Updating tasks',
	update_task: 'Updating a task',
	update_subtask: 'Updating a subtask',
	add_task: 'Writing out a task',
	research: 'Researching',
};

/** WorkStrip shows operations with their progress, and what came of those that have just ended. */
export function WorkStrip({ board }: { readonly board: Board }) {
	const { operations } = board.work.now.value;
	const ended = board.work.ended.value;
	if (operations.length === 0 && ended.length === 0) return null;
	return (
		<ul class="work-strip" aria-label="Work on this backlog">
			{operations.map((operation) => (
				<Running key={operation.operationId} board={board} operation={operation} />
			))}
			{ended.map((operation) => (
				<li key={operation.operationId} class={`work-row work-${operation.status}`}>
					<Icon name={operation.status === 'completed' ? 'done' : 'failed'} />
					<span class="work-words" role="status">
						{wordsOf(operation)}: {outcomeOf(operation)}
					</span>
					<button
						type="button"
						class="icon-button small-icon"
						aria-label="Dismiss"
						onClick={() => board.work.dismiss(operation.operationId)}
					>
						<Icon name="close" />
					</button>
				</li>
			))}
		</ul>
	);
}

function Running({
	board,
	operation,
}: {
	readonly board: Board;
	readonly operation: OperationView & { readonly taskId: string };
}) {
	const action = useAction();
	const { operationId, progress, estimatedSeconds, taskId } = operation;
	const words = wordsOf(operation);
	return (
		<li class="work-row">
			<span class="step-icon step-icon-running">
				<Icon name="running" />
			</span>
			<span class="work-words">
				<a href={taskAddress(taskId)}>{words}</a>
				<span class="muted">
					{` ${progress} %`}
					{estimatedSeconds !== undefined && `, about ${lasting(estimatedSeconds * 1_000)} left`}
				</span>
			</span>
			<progress max={100} value={progress} aria-label={words} />
			<button
				type="button"
				class="button small-button"
				disabled={action.busy.value}
				onClick={() =>
					action.run(async () => {
						await board.api.cancelOperation(operationId);
						board.work.refresh();
					})
				}
			>
				Stop
			</button>
		</li>
	);
}

const wordsOf = ({ tool }: OperationView) => TOOL_WORDS[tool] ?? tool;

function outcomeOf({ status, result, error }: OperationView): string {
	if (status === 'cancelled') return 'stopped; what was finished is kept.';
	if (status === 'error') return [error?.message, error?.hint].filter((one) => one !== undefined).join(' ');
	const message = result?.['message'];
	return typeof message === 'string' ? message : 'done.';
}
