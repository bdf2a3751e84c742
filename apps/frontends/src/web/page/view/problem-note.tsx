import type { ComponentChildren } from 'preact';

/** ProblemNote says what went wrong and what to do about it. */
export function ProblemNote({
	problem,
	children,
}: {
	readonly problem: { readonly message: string; readonly hint?: string | undefined };
	readonly children?: ComponentChildren;
}) {
	return (
		<div class="problem" role="alert">
			<p class="problem-message">{problem.message}</p>
			{problem.hint !== undefined && problem.hint !== '' && <p class="problem-hint">{problem.hint}</p>}
			{children}
		</div>
	);
}
