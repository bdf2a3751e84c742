import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import { useStores } from '../state/stores.ts';
import { Answer } from './answer.tsx';
import { ArtifactCard } from './artifact.tsx';
import { Markdown } from './markdown.tsx';

/**
 * EndOfTask is what was said when a task ended; the latest end shows the task's whole result. Before there is one it is what
 * is written of the answer so far.
 */
export function EndOfTask({
	taskId,
	reply,
	last,
}: {
	readonly taskId: string;
	readonly reply: ReplyBody | undefined;
	readonly last: boolean;
}) {
	const task = useStores().tasks.open(taskId);
	const view = task.view.value;
	if (last && (view?.result !== undefined || task.writing.value)) return <Answer task={task} />;
	if (reply === undefined) return null;
	// The plan shows the error itself, with the way to retry.
	if (last && view?.error !== undefined && view.plan.steps.length > 0) return null;
	return (
		<div class={last ? 'said' : 'said said-before'}>
			<Markdown text={reply.text} />
			{reply.artifacts?.map((artifact) => (
				<ArtifactCard key={artifact.id} artifact={artifact} />
			))}
		</div>
	);
}
