import { useId } from 'preact/hooks';

/** Choice is a field for one of a few fixed values. */
export function Choice<K extends string>({
	label,
	value,
	options,
	onChange,
}: {
	readonly label: string;
	readonly value: K;
	readonly options: Readonly<Record<K, string>>;
	readonly onChange: (value: K) => void;
}) {
	// Around the list, the label would be read with all of its values.
	const id = useId();
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as K)}>
				{Object.entries<string>(options).map(([key, words]) => (
					<option key={key} value={key}>
						{words}
					</option>
				))}
			</select>
		</div>
	);
}
