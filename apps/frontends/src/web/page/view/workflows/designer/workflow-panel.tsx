import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { namesAfter } from '../../../fold/workflow/names.ts';
import { placeOf } from '../../../fold/workflow/problem-places.ts';
import { membersOf, type SchemaMember } from '../../../fold/workflow/schema-field.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import type { CapabilityView } from '../../../state/workflows/workflow-api.ts';
import { Icon } from '../../icon.tsx';
import { PlainField } from './plain-field.tsx';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

/** WorkflowPanel is what a workflow is called, what it takes and what it gives. */
export function WorkflowPanel({
	designer,
	capabilities,
}: {
	readonly designer: Designer;
	readonly capabilities: ReadonlyMap<string, CapabilityView>;
}) {
	const draft = designer.draft.value;
	const problems = designer.problems.value;
	const around = { names: namesAfter(draft, ['steps'], (name) => capabilities.get(name)?.output), problems };
	const schema = draft['input'];
	const general = problems.filter(
		(problem) => !/^(?:steps\.|name|title|description|result|input)/.test(placeOf(problem)),
	);
	return (
		<div class="step-panel">
			{general.map(({ message }) => (
				<p key={message} class="field-fault" role="alert">
					{message}
				</p>
			))}
			<PlainField {...{ designer, around }} path={['title']} label="Title" value={draft['title']} plain />
			<PlainField
				{...{ designer, around }}
				path={['name']}
				label="Name"
				value={draft['name']}
				plain
				help="Small letters, digits and -; it is run by this."
			/>
			<PlainField
				{...{ designer, around }}
				path={['description']}
				label="Description"
				value={draft['description']}
				plain
				long
			/>
			<Parameters designer={designer} schema={schema !== undefined && isJsonObject(schema) ? schema : {}} />
			<PlainField
				{...{ designer, around }}
				path={['result']}
				label="Result"
				value={draft['result']}
				reads="any"
				long
				help="Left out: what the last step gives."
			/>
		</div>
	);
}

function Parameters({ designer, schema }: { readonly designer: Designer; readonly schema: JsonObject }) {
	const members = membersOf({ properties: schema['properties'] ?? {} });
	const required = Array.isArray(schema['required']) ? (schema['required'] as readonly Json[]) : [];
	const write = (all: readonly SchemaMember[]) => {
		const needed = all.filter((one) => one.required).map(({ name }) => name);
		const { required: _, ...rest } = schema;
		const properties = Object.fromEntries(all.map((one) => [one.name, one.schema]));
		designer.set(['input'], {
			...rest,
			type: 'object',
			properties,
			...(needed.length > 0 ? { required: needed } : {}),
		});
	};
	const all = members.map((member) => ({ ...member, required: required.includes(member.name) }));
	return (
		<fieldset class="parameters">
			<legend>Parameters</legend>
			{all.map((member, index) => (
				<div key={index} class="parameter">
					<input
						type="text"
						aria-label={`Name of parameter ${index + 1}`}
						value={member.name}
						onChange={(event) =>
							write(all.with(index, { ...member, name: event.currentTarget.value.trim() || member.name }))
						}
					/>
					<select
						aria-label={`Type of ${member.name}`}
						value={String(member.schema['type'] ?? 'string')}
						onChange={(event) =>
							write(all.with(index, { ...member, schema: { ...member.schema, type: event.currentTarget.value } }))
						}
					>
						{TYPES.map((type) => (
							<option key={type} value={type}>
								{type}
							</option>
						))}
					</select>
					<label class="check">
						<input
							type="checkbox"
							checked={member.required}
							onChange={(event) => write(all.with(index, { ...member, required: event.currentTarget.checked }))}
						/>
						needed
					</label>
					<button
						type="button"
						class="icon-button"
						aria-label={`Remove ${member.name}`}
						onClick={() => write(all.toSpliced(index, 1))}
					>
						<Icon name="close" />
					</button>
				</div>
			))}
			<button
				type="button"
				class="button small-button"
				onClick={() => {
					let number = all.length + 1;
					while (all.some(({ name }) => name === `value${number}`)) number++;
					write([...all, { name: `value${number}`, required: false, schema: { type: 'string' } }]);
				}}
			>
				Add a parameter
			</button>
		</fieldset>
	);
}
