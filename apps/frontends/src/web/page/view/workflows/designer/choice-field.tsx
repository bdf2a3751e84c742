import { useId } from 'preact/hooks';

/** ChoiceField is a field for one of a few fixed values; the empty one stands for nothing. */
export function ChoiceField({
	label,
	value,
	options,
	help,
	onChange,
}: {
	readonly label: string;
	readonly value: string;
	readonly options: Readonly<Record<string, string>>;
	readonly help?: string | undefined;
	readonly onChange: (value: string) => void;
}) {
	const id = useId();
	return (
		<div class="schema-field">
			<label class="field-label" for={id}>
				{label}
			</label>
			{help !== undefined && <p class="field-help">{help}</p>}
			<select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
				{Object.entries(options).map(([key, words]) => (
					<option key={key} value={key}>
						{words}
					</option>
				))}
			</select>
		</div>
	);
}
