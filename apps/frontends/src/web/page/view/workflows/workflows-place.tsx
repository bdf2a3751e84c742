import '../../style/settings.css';
import '../../style/workflows.css';
import { useMemo } from 'preact/hooks';
import { useStores } from '../../state/stores.ts';
import { type WorkflowApi, workflowApi } from '../../state/workflows/workflow-api.ts';
import { lazily } from '../lazily.tsx';
import type { WorkflowRoute } from '../places.tsx';
import { WorkflowList } from './workflow-list.tsx';
import { WorkflowPage } from './workflow-page.tsx';

/** Designing is where a workflow is worked on; its code comes when it is first wanted. */
const Designing = lazily<{ readonly api: WorkflowApi; readonly name: string | undefined }>(
	async () => (await import('./designer/designer-page.tsx')).DesignerPage,
);

/** WorkflowsPlace draws workflows: all in a list, one, or one that is worked on. */
export function WorkflowsPlace({ route }: { readonly route: WorkflowRoute }) {
	const { ask } = useStores().api;
	const api = useMemo(() => workflowApi(ask), [ask]);
	if (route.name === 'designer') return <Designing key={route.id ?? ''} api={api} name={route.id} />;
	return (
		<div class="scroller">
			<div class="settings workflows">
				{route.name === 'workflow' ? (
					<WorkflowPage key={route.id} api={api} name={route.id} />
				) : (
					<WorkflowList api={api} />
				)}
			</div>
		</div>
	);
}
