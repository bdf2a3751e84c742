import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { Path } from '../../../fold/workflow/draft.ts';
import { membersOf, resolved } from '../../../fold/workflow/schema-field.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import { type Around, SchemaField } from '../schema-field.tsx';
import { PlainField } from './plain-field.tsx';

/** InputOf are the fields of what a capability or a workflow takes, or one field where that is not known. */
export function InputOf({
	designer,
	path,
	value,
	around,
	schema,
}: {
	readonly designer: Designer;
	/** Where the input stands. */
	readonly path: Path;
	readonly value: Json | undefined;
	readonly around: Around;
	readonly schema: JsonObject | undefined;
}) {
	const members = schema === undefined ? [] : membersOf(resolved(schema, schema));
	const given = value !== undefined && isJsonObject(value) ? value : {};
	if (schema === undefined || (members.length === 0 && value !== undefined)) {
		return <PlainField {...{ designer, around, path, value }} label="Input" reads="any" long />;
	}
	return (
		<div class="schema-fields">
			{members.map((member) => (
				<SchemaField
					key={member.name}
					label={member.name}
					path={[...path, member.name]}
					required={member.required}
					schema={member.schema}
					root={schema}
					value={given[member.name]}
					around={around}
					onChange={(next) => {
						const { [member.name]: _, ...rest } = given;
						const made = next === undefined ? rest : { ...given, [member.name]: next };
						designer.set(path, Object.keys(made).length === 0 ? undefined : made);
					}}
				/>
			))}
		</div>
	);
}
