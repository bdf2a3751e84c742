import type { Json } from '@errand/core/domain/json.ts';
import { useId } from 'preact/hooks';
import { type Path, pathText } from '../../../fold/workflow/draft.ts';
import { placeOf, problemWords } from '../../../fold/workflow/problem-places.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import type { Around } from '../schema-field.tsx';
import { TextField } from '../text-field.tsx';

/** PlainField is a field for one key of a workflow that is always filled in the same way. */
export function PlainField({
	designer,
	around,
	path,
	label,
	value,
	reads = 'text',
	plain = false,
	long = false,
	help,
	wrap,
}: {
	readonly designer: Designer;
	readonly around: Around;
	readonly path: Path;
	readonly label: string;
	readonly value: Json | undefined;
	readonly reads?: 'text' | 'number' | 'any' | 'expression' | undefined;
	/** It takes no expressions. */
	readonly plain?: boolean | undefined;
	readonly long?: boolean | undefined;
	readonly help?: string | undefined;
	/** Makes what stands at the path of what was typed. */
	readonly wrap?: ((value: Json | undefined) => Json | undefined) | undefined;
}) {
	const id = useId();
	const at = pathText(path);
	const wrong = around.problems.filter((problem) => {
		const place = placeOf(problem);
		return place === at || place.startsWith(`${at}.`);
	});
	return (
		<div class={`schema-field${wrong.length > 0 ? ' field-wrong' : ''}`} data-path={at}>
			<label class="field-label" for={id}>
				{label}
			</label>
			{help !== undefined && <p class="field-help">{help}</p>}
			<TextField
				{...{ id, label, value, reads, long }}
				invalid={wrong.length > 0}
				names={plain ? undefined : around.names}
				onChange={(next) => designer.set(path, wrap === undefined ? next : wrap(next))}
			/>
			{wrong.map((problem) => (
				<p key={problem.message} class="field-fault" role="alert">
					{problemWords(problem)}
				</p>
			))}
		</div>
	);
}
