import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { type DraftStep, type Path, textOf } from '../../../fold/workflow/draft.ts';
import { kindOf } from '../../../fold/workflow/step-kinds.ts';
import { AT_BOUND } from '../../../fold/workflow/wait-kinds.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import type { CapabilityView } from '../../../state/workflows/workflow-api.ts';
import type { Around } from '../schema-field.tsx';
import { ChoiceField } from './choice-field.tsx';
import { InputOf } from './input-of.tsx';
import { PlainField } from './plain-field.tsx';
import { WaitFields } from './wait-fields.tsx';

/** KindFieldsProps are a step, and what its fields are made of. */
export interface KindFieldsProps {
	readonly designer: Designer;
	readonly step: DraftStep;
	readonly path: Path;
	readonly around: Around;
	readonly capability: CapabilityView | undefined;
	readonly capabilities: ReadonlyMap<string, CapabilityView>;
	readonly workflows: readonly WorkflowSummary[];
}

/** KindFields are the fields that only steps of its kind have. */
export function KindFields(props: KindFieldsProps) {
	const { designer, step, path, around, capability, workflows } = props;
	const input = { designer, around, path: [...path, 'with'], value: step['with'] };
	switch (kindOf(step)) {
		case 'use':
			return <InputOf {...input} schema={capability?.input} />;
		case 'each-use':
			return (
				<>
					<EachFields {...props} />
					<InputOf {...input} schema={capability?.input} />
				</>
			);
		case 'workflow':
			return <InputOf {...input} schema={workflows.find(({ name }) => name === textOf(step, 'workflow'))?.input} />;
		case 'each':
			return (
				<>
					<EachFields {...props} />
					<Gives {...props} />
				</>
			);
		case 'group':
		case 'parallel':
			return <Gives {...props} />;
		case 'choose':
			return <Branches {...props} />;
		case 'loop':
			return <LoopFields {...props} />;
		case 'wait':
		case 'event':
		case 'ask':
			return <WaitFields {...props} />;
		case 'let':
			return (
				<PlainField
					{...{ designer, around }}
					path={[...path, 'let']}
					label="Value"
					value={step['let']}
					reads="any"
					long
					help="A text with ${…}, or JSON."
				/>
			);
	}
}

function EachFields({ designer, step, path, around }: KindFieldsProps) {
	const field = (key: string) => ({ designer, around, path: [...path, key] });
	return (
		<>
			<PlainField
				{...field('each')}
				label="For each of"
				value={step['each']}
				reads="expression"
				help="A list, such as read.links."
			/>
			<PlainField {...field('as')} label="Call the element" value={step['as']} plain help="item, where left out." />
			<PlainField {...field('max')} label="At most" value={step['max']} reads="number" plain />
		</>
	);
}

function Gives({ designer, step, path, around }: KindFieldsProps) {
	const at = [...path, 'gives'];
	return (
		<PlainField
			{...{ designer, around }}
			path={at}
			label="Gives"
			value={step['gives']}
			reads="any"
			help="Left out: what its last step gives."
		/>
	);
}

function LoopFields(props: KindFieldsProps) {
	const { designer, step, path, around } = props;
	const loop = objectOf(step['loop']);
	const field = (key: string) => ({ designer, around, path: [...path, 'loop', key], value: loop[key] });
	return (
		<>
			<PlainField {...field('until')} label="Until" reads="expression" help="May use what the steps inside gave." />
			<PlainField {...field('max')} label="At most so often" reads="number" plain />
			<PlainField {...field('first')} label="What previous is the first time" reads="any" />
			<PlainField {...field('wait')} label="Wait between" plain help="Such as 10s." />
			<ChoiceField
				label="After the last time, if not"
				value={loop['otherwise'] === 'go-on' ? 'go-on' : ''}
				options={AT_BOUND}
				onChange={(value) => designer.set([...path, 'loop', 'otherwise'], value === '' ? undefined : value)}
			/>
			<Gives {...props} />
		</>
	);
}

function Branches({ designer, step, path, around }: KindFieldsProps) {
	const branches = Array.isArray(step['choose']) ? (step['choose'] as readonly Json[]) : [];
	const at = (index: number) => [...path, 'choose', index];
	return (
		<>
			{branches.map((branch, index) => (
				<div key={index} class="branch-field">
					<PlainField
						{...{ designer, around }}
						path={[...at(index), 'when']}
						label={`Branch ${index + 1}, if`}
						value={objectOf(branch)['when']}
						reads="expression"
						help={index === branches.length - 1 ? 'Left out: otherwise.' : undefined}
					/>
					<PlainField
						{...{ designer, around }}
						path={[...at(index), 'gives']}
						label={`Branch ${index + 1} gives`}
						value={objectOf(branch)['gives']}
						reads="any"
						help="Left out: what its last step gives."
					/>
					{branches.length > 1 && (
						<button type="button" class="quiet-button" onClick={() => designer.set(at(index), undefined)}>
							Remove branch {index + 1}
						</button>
					)}
				</div>
			))}
			<button
				type="button"
				class="button small-button"
				onClick={() => {
					const fresh: Json = { when: 'true', steps: [{ let: '' }] };
					designer.set([...path, 'choose'], [fresh, ...branches]);
				}}
			>
				Add a branch
			</button>
		</>
	);
}

function objectOf(value: Json | undefined): JsonObject {
	return value !== undefined && isJsonObject(value) ? value : {};
}
