import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { type DraftStep, type Path, textOf } from '../../../fold/workflow/draft.ts';
import { membersOf, resolved } from '../../../fold/workflow/schema-field.ts';
import { kindOf } from '../../../fold/workflow/step-kinds.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import type { CapabilityView } from '../../../state/workflows/workflow-api.ts';
import { type Around, SchemaField } from '../schema-field.tsx';
import { AskFields } from './ask-fields.tsx';
import { PlainField } from './plain-field.tsx';

/** KindFieldsProps are a step, and what its fields are made of. */
export interface KindFieldsProps {
	readonly designer: Designer;
	readonly step: DraftStep;
	readonly path: Path;
	readonly around: Around;
	readonly capability: CapabilityView | undefined;
	readonly workflows: readonly WorkflowSummary[];
}

/** KindFields are the fields that only steps of its kind have. */
export function KindFields(props: KindFieldsProps) {
	const { designer, step, path, around, capability, workflows } = props;
	const field = (key: string, ...rest: Path) => ({ designer, around, path: [...path, key, ...rest] });
	switch (kindOf(step)) {
		case 'use':
			return <InputOf {...props} schema={capability?.input} />;
		case 'each-use':
			return (
				<>
					<EachFields {...props} />
					<InputOf {...props} schema={capability?.input} />
				</>
			);
		case 'workflow':
			return <InputOf {...props} schema={workflows.find(({ name }) => name === textOf(step, 'workflow'))?.input} />;
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
			return <WaitFields {...props} />;
		case 'event': {
			const wait = objectOf(step['wait']);
			return (
				<>
					<PlainField {...field('wait', 'event')} label="Name of the event" value={wait['event']} plain />
					<PlainField
						{...field('wait', 'timeout')}
						label="At most"
						value={wait['timeout']}
						plain
						help="Such as 10m, 2h, 1d."
					/>
				</>
			);
		}
		case 'ask':
			return <AskFields {...props} />;
		case 'let':
			return (
				<PlainField
					{...field('let')}
					label="Value"
					value={step['let']}
					reads="any"
					long
					help="A text with ${…}, or JSON."
				/>
			);
	}
}

function InputOf({
	designer,
	step,
	path,
	around,
	schema,
}: KindFieldsProps & { readonly schema: JsonObject | undefined }) {
	const at = [...path, 'with'];
	const members = schema === undefined ? [] : membersOf(resolved(schema, schema));
	const given = objectOf(step['with']);
	if (schema === undefined || (members.length === 0 && step['with'] !== undefined)) {
		return <PlainField {...{ designer, around }} path={at} label="Input" value={step['with']} reads="any" long />;
	}
	return (
		<div class="schema-fields">
			{members.map((member) => (
				<SchemaField
					key={member.name}
					label={member.name}
					path={[...at, member.name]}
					required={member.required}
					schema={member.schema}
					root={schema}
					value={given[member.name]}
					around={around}
					onChange={(value) => {
						const { [member.name]: _, ...rest } = given;
						const made = value === undefined ? rest : { ...given, [member.name]: value };
						designer.set(at, Object.keys(made).length === 0 ? undefined : made);
					}}
				/>
			))}
		</div>
	);
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
			<Gives {...props} />
		</>
	);
}

function WaitFields({ designer, step, path, around }: KindFieldsProps) {
	const wait = step['wait'];
	const until = isJsonObject(wait) ? wait['until'] : undefined;
	const at = { designer, around, path: [...path, 'wait'] };
	return (
		<>
			<PlainField
				{...at}
				label="For how long"
				value={isJsonObject(wait) ? undefined : wait}
				help="Such as 30s, 10m, 2h, 1d."
			/>
			<PlainField
				{...at}
				label="Or until"
				value={until}
				help="A date and time, such as 2026-01-31T09:00:00Z."
				wrap={(value) => (value === undefined ? '1m' : { until: value })}
			/>
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
