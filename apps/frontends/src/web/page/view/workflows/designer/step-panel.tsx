import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { type Path, pathText, stepsAt, textOf } from '../../../fold/workflow/draft.ts';
import { comesBefore } from '../../../fold/workflow/list-edges.ts';
import { visibleNames } from '../../../fold/workflow/names.ts';
import { placeOf, problemsUnder } from '../../../fold/workflow/problem-places.ts';
import { listsOf, stepWords, whatWords } from '../../../fold/workflow/step-kinds.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import type { CapabilityView } from '../../../state/workflows/workflow-api.ts';
import { counted } from '../../../text/amounts.ts';
import { CallFields } from './call-fields.tsx';
import { KindFields } from './kind-fields.tsx';
import { PlainField } from './plain-field.tsx';

/** StepPanel is everything about the chosen step, to be changed. */
export function StepPanel({
	designer,
	capabilities,
	workflows,
}: {
	readonly designer: Designer;
	readonly capabilities: ReadonlyMap<string, CapabilityView>;
	readonly workflows: readonly WorkflowSummary[];
}) {
	const draft = designer.draft.value;
	const list = designer.list.value;
	const index = designer.chosen.value;
	const steps = stepsAt(draft, list);
	const step = index === undefined ? undefined : steps[index];
	if (step === undefined || index === undefined) {
		return <p class="muted">Choose a step in the graph, or add one.</p>;
	}
	const path: Path = [...list, index];
	const problems = problemsUnder(designer.problems.value, path);
	const around = {
		names: visibleNames(draft, path, (name) => capabilities.get(name)?.output),
		problems,
	};
	const own = problems.filter((problem) => HEAD.has(placeOf(problem).slice(pathText(path).length + 1)));
	const capability = capabilities.get(textOf(step, 'use'));
	const fields = { designer, step, path, around, capability, capabilities, workflows };
	const field = (key: string, rest: Path = []) => ({
		designer,
		around,
		path: [...path, key, ...rest],
	});
	return (
		<div class="step-panel" key={`${pathText(path)}:${textOf(step, 'id')}`}>
			<header>
				<h2>{stepWords(step)}</h2>
				<p class="muted">{capability?.summary ?? whatWords(step)}</p>
				{capability?.effects === 'external' && <p class="badge">acts outside: asks before, where it must</p>}
			</header>
			{own.map(({ message }) => (
				<p key={message} class="field-fault" role="alert">
					{message}
				</p>
			))}
			<KindFields {...fields} />
			{listsOf(step).map(({ path: inner, words, steps: some }) => (
				<button
					key={pathText(inner)}
					type="button"
					class="button inside-button"
					onClick={() => designer.open([...path, ...inner], 0)}
				>
					Open {words} <span class="muted">{counted(some.length, 'step')}</span>
				</button>
			))}
			<PlainField {...field('title')} label="Title" value={step['title']} />
			<PlainField {...field('id')} label="Name in expressions" value={step['id']} plain />
			<After designer={designer} index={index} />
			<details class="more" open={HOW.some((key) => key in step)}>
				<summary>When and how</summary>
				<PlainField {...field('when')} label="Only when" value={step['when']} reads="expression" />
				{'use' in step && <CallFields {...fields} />}
				<label class="check">
					<input
						type="checkbox"
						checked={step['optional'] === true}
						onChange={(event) => designer.set([...path, 'optional'], event.currentTarget.checked ? true : undefined)}
					/>
					It may fail without failing the workflow
				</label>
			</details>
			<button type="button" class="button small-button" onClick={() => designer.remove(index)}>
				Remove this step
			</button>
		</div>
	);
}

/** Keys of steps that stand under it where they are there. */
const HOW = ['when', 'retry', 'timeout', 'optional', 'effects', 'undo'];
/** Places in a step that its header speaks for. */
const HEAD: ReadonlySet<string> = new Set(['', 'use', 'with', 'after', 'steps', 'parallel', 'choose', 'loop']);

function After({ designer, index }: { readonly designer: Designer; readonly index: number }) {
	const list = designer.list.value;
	const steps = stepsAt(designer.draft.value, list);
	const before = comesBefore(steps, index, list.at(-1) === 'parallel');
	if (steps.length < 2) return null;
	return (
		<fieldset class="after">
			<legend>Comes after</legend>
			{steps.map((other, from) =>
				from === index ? null : (
					<label key={textOf(other, 'id') || from} class="check">
						<input
							type="checkbox"
							checked={before.includes(from)}
							onChange={(event) => {
								const link = { from, to: index };
								if (event.currentTarget.checked) designer.connect(link);
								else designer.disconnect(link);
							}}
						/>
						{stepWords(other)}
					</label>
				),
			)}
		</fieldset>
	);
}
