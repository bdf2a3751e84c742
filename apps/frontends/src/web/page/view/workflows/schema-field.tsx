import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { WorkflowProblem } from '@errand/core/domain/workflow/problem.ts';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { type Path, pathText } from '../../fold/workflow/draft.ts';
import type { VisibleName } from '../../fold/workflow/names.ts';
import { placeOf, problemWords } from '../../fold/workflow/problem-places.ts';
import { type FieldForm, formOf, isExpression, resolved, startOf } from '../../fold/workflow/schema-field.ts';
import { Icon } from '../icon.tsx';
import { TextField } from './text-field.tsx';

/** Around is what a field of a step knows of the workflow: names it may use in `${…}`, and what is wrong in it. */
export interface Around {
	readonly names: readonly VisibleName[];
	readonly problems: readonly WorkflowProblem[];
}

/** SchemaFieldProps are a value, what it has to be like, and where it stands. */
export interface SchemaFieldProps {
	readonly label: string;
	/** Where it stands: in the workflow where `around` is given. */
	readonly path: Path;
	readonly required: boolean;
	readonly schema: JsonObject;
	/** Holds the `$defs`. */
	readonly root: JsonObject;
	readonly value: Json | undefined;
	readonly onChange: (value: Json | undefined) => void;
	/** Left out where values are given as they are, without `${…}`. */
	readonly around?: Around | undefined;
	readonly children?: ComponentChildren;
}

/** SchemaField is a field for a value of a JSON Schema: text, number, choice, yes or no, list or object. */
export function SchemaField(props: SchemaFieldProps) {
	const { label, path, required, schema, root, value, around, children } = props;
	const id = useId();
	const at = resolved(schema, root);
	const form = formOf(schema, root);
	const asText = around !== undefined && isExpression(value);
	const help = typeof at['description'] === 'string' ? at['description'] : undefined;
	const wrong = problemsAt(around, path);
	const nested = !asText && (form.kind === 'object' || form.kind === 'list');
	const head = (
		<>
			{label}
			{required && <span class="needed"> needed</span>}
		</>
	);
	return (
		<div class={`schema-field${wrong.length > 0 ? ' field-wrong' : ''}`} data-path={pathText(path)}>
			<div class="field-head">
				{nested ? (
					<span class="field-label" id={`${id}-label`}>
						{head}
					</span>
				) : (
					<label class="field-label" for={id}>
						{head}
					</label>
				)}
				{children}
				{around !== undefined && nested && (
					<button
						type="button"
						class="quiet-button switch-form"
						aria-label={`Use an expression for ${label}`}
						onClick={() => props.onChange('${}')}
					>
						{'${ }'}
					</button>
				)}
			</div>
			{help !== undefined && <p class="field-help">{help}</p>}
			<Input {...props} id={id} form={asText ? { kind: 'text', long: false } : form} invalid={wrong.length > 0} />
			{wrong.map((problem) => (
				<p key={problem.message} class="field-fault" role="alert">
					{problemWords(problem)}
				</p>
			))}
		</div>
	);
}

/** What is wrong with this very value. */
function problemsAt(around: Around | undefined, path: Path): readonly WorkflowProblem[] {
	const place = pathText(path);
	return around?.problems.filter((problem) => placeOf(problem) === place) ?? [];
}

function Input(props: SchemaFieldProps & { readonly id: string; readonly form: FieldForm; readonly invalid: boolean }) {
	const { id, form, value, onChange, around, schema, root, invalid, label } = props;
	switch (form.kind) {
		case 'choice':
			return <Choice {...props} options={form.options} />;
		case 'boolean':
			return <Choice {...props} options={[true, false]} />;
		case 'list':
			return <ListField {...props} of={form.of} />;
		case 'object':
			return <ObjectField {...props} fields={form.fields} />;
		default: {
			const fallback = resolved(schema, root)['default'];
			return (
				<TextField
					{...{ id, label, value, invalid, onChange }}
					reads={form.kind === 'text' ? 'text' : form.kind}
					long={form.kind === 'any' || (form.kind === 'text' && form.long)}
					placeholder={fallback === undefined ? '' : JSON.stringify(fallback)}
					names={around?.names}
				/>
			);
		}
	}
}

type InputProps = SchemaFieldProps & { readonly id: string; readonly invalid: boolean };

function Choice({
	id,
	label,
	value,
	onChange,
	around,
	invalid,
	options,
}: InputProps & { readonly options: readonly Json[] }) {
	const known = value === undefined || options.some((option) => option === value);
	const words = (option: Json) => (option === true ? 'yes' : option === false ? 'no' : String(option));
	return (
		<select
			id={id}
			aria-invalid={invalid}
			aria-label={label}
			value={value === undefined ? '' : JSON.stringify(value)}
			onChange={(event) => {
				const { value: chosen } = event.currentTarget;
				onChange(chosen === '' ? undefined : chosen === '$' ? '${}' : (JSON.parse(chosen) as Json));
			}}
		>
			<option value="">—</option>
			{options.map((option) => (
				<option key={JSON.stringify(option)} value={JSON.stringify(option)}>
					{words(option)}
				</option>
			))}
			{!known && <option value={JSON.stringify(value)}>{JSON.stringify(value)}</option>}
			{around !== undefined && <option value="$">{'${ } an expression'}</option>}
		</select>
	);
}

function ListField({ id, label, path, value, onChange, around, root, of }: InputProps & { readonly of: JsonObject }) {
	const items = Array.isArray(value) ? (value as readonly Json[]) : [];
	return (
		<section class="nested" aria-labelledby={`${id}-label`}>
			{items.map((item, index) => (
				<SchemaField
					key={index}
					label={`${label} ${index + 1}`}
					path={[...path, index]}
					required={false}
					schema={of}
					root={root}
					value={item}
					around={around}
					onChange={(next) => onChange(items.with(index, next ?? ''))}
				>
					<button
						type="button"
						class="quiet-button"
						aria-label={`Remove ${label} ${index + 1}`}
						onClick={() => {
							const rest = items.toSpliced(index, 1);
							onChange(rest.length === 0 ? undefined : rest);
						}}
					>
						<Icon name="close" />
					</button>
				</SchemaField>
			))}
			<button type="button" class="button small-button" onClick={() => onChange([...items, startOf(of, root)])}>
				Add to {label}
			</button>
		</section>
	);
}

function ObjectField({
	id,
	path,
	value,
	onChange,
	around,
	root,
	fields,
}: InputProps & { readonly fields: Extract<FieldForm, { kind: 'object' }>['fields'] }) {
	const object: JsonObject = value !== undefined && isJsonObject(value) ? value : {};
	return (
		<section class="nested" aria-labelledby={`${id}-label`}>
			{fields.map((field) => (
				<SchemaField
					key={field.name}
					label={field.name}
					path={[...path, field.name]}
					required={field.required}
					schema={field.schema}
					root={root}
					value={object[field.name]}
					around={around}
					onChange={(next) => {
						const { [field.name]: _, ...rest } = object;
						const made = next === undefined ? rest : { ...object, [field.name]: next };
						onChange(Object.keys(made).length === 0 ? undefined : made);
					}}
				/>
			))}
		</section>
	);
}
