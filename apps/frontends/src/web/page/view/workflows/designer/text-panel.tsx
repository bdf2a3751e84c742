import { useRef } from 'preact/hooks';
import type { Designer } from '../../../state/workflows/designer.ts';

/** TextPanel is the workflow as YAML; what is changed in it is drawn as soon as it can be read. */
export function TextPanel({ designer }: { readonly designer: Designer }) {
	const field = useRef<HTMLTextAreaElement>(null);
	const text = designer.text.value;
	const goTo = (line: number) => {
		const lines = text.split('\n');
		const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
		field.current?.focus();
		field.current?.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
	};
	return (
		<div class="text-panel">
			{designer.unreadable.value && (
				<p class="field-fault" role="alert">
					This cannot be drawn; the graph shows what it said before.
				</p>
			)}
			<textarea
				ref={field}
				class="code-field whole-text"
				aria-label="The workflow as YAML"
				spellcheck={false}
				value={text}
				onInput={(event) => designer.write(event.currentTarget.value)}
			/>
			<ul class="text-problems" aria-label="Problems">
				{designer.problems.value.map(({ message, line, column, path }) => (
					<li key={`${path}:${message}`}>
						{line !== undefined && (
							<button type="button" class="quiet-button" onClick={() => goTo(line)}>
								{line}:{column ?? 1}
							</button>
						)}
						{message}
					</li>
				))}
			</ul>
		</div>
	);
}
