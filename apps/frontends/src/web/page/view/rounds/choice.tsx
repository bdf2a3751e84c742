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
	return (
		<label class="field">
			{label}
			<select value={value} onChange={(event) => onChange(event.currentTarget.value as K)}>
				{Object.entries<string>(options).map(([key, words]) => (
					<option key={key} value={key}>
						{words}
					</option>
				))}
			</select>
		</label>
	);
}
