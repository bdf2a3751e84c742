import '../../../style/designer.css';
import { asJson } from '@errand/core/domain/json.ts';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { newWorkflow } from '../../../fold/workflow/new-workflow.ts';
import { type Problem, problemOf } from '../../../state/problem.ts';
import { createDesigner, type DesignerStart } from '../../../state/workflows/designer.ts';
import type { CapabilityView, WorkflowApi } from '../../../state/workflows/workflow-api.ts';
import { ProblemNote } from '../../problem-note.tsx';
import { DesignerBody } from './designer-body.tsx';

/** DesignerPage is where a workflow is worked on: one that is there, or a new one. */
export function DesignerPage({ api, name }: { readonly api: WorkflowApi; readonly name: string | undefined }) {
	const found = useSignal<Found | undefined>(undefined);
	const problem = useSignal<Problem | undefined>(undefined);
	useEffect(() => {
		let designer: Found['designer'] | undefined;
		let gone = false;
		beginning(api, name).then(
			({ start, ...known }) => {
				if (gone) return;
				designer = createDesigner(api, start);
				found.value = { ...known, designer };
			},
			(error: unknown) => {
				problem.value = problemOf(error);
			},
		);
		return () => {
			gone = true;
			designer?.stop();
		};
	}, [api, name]);
	if (problem.value !== undefined) return <ProblemNote problem={problem.value} />;
	if (found.value === undefined) return <p class="muted settings-loading">Loading…</p>;
	return <DesignerBody {...found.value} name={name} />;
}

/** Known is what steps can be made of. */
export interface Known {
	readonly capabilities: readonly CapabilityView[];
	readonly workflows: readonly WorkflowSummary[];
}
type Found = Known & { readonly designer: ReturnType<typeof createDesigner> };

async function beginning(
	api: WorkflowApi,
	name: string | undefined,
): Promise<Known & { readonly start: DesignerStart }> {
	const [capabilities, workflows, detail] = await Promise.all([
		api.capabilities(),
		api.list(),
		name === undefined ? undefined : api.get(name),
	]);
	if (detail === undefined)
		return { capabilities, workflows, start: { draft: newWorkflow(), text: '', version: undefined } };
	const own = detail.versions.length > 0;
	const start = { draft: asJson(detail.definition), text: detail.text, version: own ? detail.version : undefined };
	return { capabilities, workflows, start };
}
