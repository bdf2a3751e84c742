import type { JsonObject } from '@errand/core/domain/json.ts';
import { membersOf } from '../../fold/workflow/schema-field.ts';
import { SchemaField } from './schema-field.tsx';

/** InputFields are a field for each parameter; one that is left empty takes its default. */
export function InputFields({
	schema,
	value,
	onChange,
}: {
	readonly schema: JsonObject;
	readonly value: JsonObject;
	readonly onChange: (value: JsonObject) => void;
}) {
	return (
		<div class="schema-fields panel-end">
			{membersOf(schema).map((member) => (
				<SchemaField
					key={member.name}
					label={member.name}
					path={[member.name]}
					required={member.required}
					schema={member.schema}
					root={schema}
					value={value[member.name]}
					onChange={(next) => {
						const { [member.name]: _, ...rest } = value;
						onChange(next === undefined ? rest : { ...rest, [member.name]: next });
					}}
				/>
			))}
		</div>
	);
}
