import type { Json } from '@errand/core/domain/json.ts';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VisibleName } from '../../fold/workflow/names.ts';
import { typed, written } from '../../fold/workflow/schema-field.ts';

interface TextFieldProps {
	readonly id?: string | undefined;
	readonly label: string;
	readonly value: Json | undefined;
	readonly onChange: (value: Json | undefined) => void;
	/** A text stays one; of anything else JSON is read. A bare expression takes names without `${}`. */
	readonly reads: 'text' | 'number' | 'any' | 'expression';
	readonly long?: boolean | undefined;
	readonly invalid?: boolean | undefined;
	readonly placeholder?: string | undefined;
	/** What may be put in; left out where nothing may. */
	readonly names?: readonly VisibleName[] | undefined;
}

/** TextField is a value that is typed, with names to put in. */
export function TextField({ id, label, value, onChange, reads, long, invalid, placeholder, names }: TextFieldProps) {
	const input = useRef<HTMLTextAreaElement>(null);
	const read = (text: string): Json | undefined => {
		if (text === '') return undefined;
		if (reads === 'text' || reads === 'expression') return text;
		return reads === 'number' && !/^-?\d+(?:\.\d+)?$/.test(text.trim()) ? text : typed(text);
	};
	const write = (shown: Json | undefined) =>
		(reads === 'text' || reads === 'expression') && typeof shown === 'string' ? shown : written(shown);
	const text = useSignal(write(value));
	// What is typed is kept as it is, until the value becomes another one by something else; before the next key comes.
	useLayoutEffect(() => {
		if (JSON.stringify(read(text.peek())) !== JSON.stringify(value)) text.value = write(value);
	}, [value]);
	const take = (next: string) => {
		text.value = next;
		onChange(read(next));
	};
	const rows = Math.min(
		10,
		Math.max(long === true ? 2 : 1, text.value.split('\n').length, Math.ceil(text.value.length / 38)),
	);
	const insert = (name: string) => {
		const element = input.current;
		const [from, to] = [element?.selectionStart ?? text.value.length, element?.selectionEnd ?? text.value.length];
		const empty = text.value === '${}';
		const put = reads === 'expression' ? name : `\${${name}}`;
		take(empty ? put : text.value.slice(0, from) + put + text.value.slice(to));
		element?.focus();
	};
	return (
		<div class="text-field">
			<textarea
				ref={input}
				id={id}
				aria-label={id === undefined ? label : undefined}
				aria-invalid={invalid}
				class={reads === 'text' ? '' : 'code-field'}
				rows={rows}
				spellcheck={false}
				placeholder={placeholder}
				value={text.value}
				onInput={(event) => take(event.currentTarget.value)}
			/>
			{names !== undefined && names.length > 0 && (
				<select
					class="put-in"
					aria-label={`Put a value into ${label}`}
					title="Put in a value"
					value=""
					onChange={(event) => {
						const { value: name } = event.currentTarget;
						event.currentTarget.value = '';
						if (name !== '') insert(name);
					}}
				>
					<option value="">{'$'}</option>
					{names.map(({ name, from }) => (
						<option key={name} value={name}>
							{name} — {from}
						</option>
					))}
				</select>
			)}
		</div>
	);
}
