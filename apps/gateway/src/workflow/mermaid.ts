import type { GraphStep } from '@errand/core/domain/workflow/problem.ts';

/** mermaidOf draws a workflow's steps as a Mermaid flowchart; steps inside a step stand in its box. */
export function mermaidOf(steps: readonly GraphStep[]): string {
	const names = new Map(steps.map((step, index) => [step.id, `n${index}`]));
	const within = (parent: string | undefined, indent: string): string[] =>
		steps
			.filter((step) => step.parent === parent)
			.flatMap((step) => {
				const name = names.get(step.id) ?? '';
				const inner = within(step.id, `${indent}  `);
				if (inner.length === 0) return [`${indent}${name}["${label(step)}"]`];
				return [`${indent}subgraph ${name}["${label(step)}"]`, ...inner, `${indent}end`];
			});
	const edges = steps.flatMap(({ id, dependsOn }) =>
		dependsOn.map((before) => `  ${names.get(before)} --> ${names.get(id)}`),
	);
	return ['flowchart TD', ...within(undefined, '  '), ...edges].join('\n');
}

function label({ title, kind }: GraphStep): string {
	return `${title} (${kind})`.replaceAll('"', "'").replaceAll(/[<>\n]/g, ' ');
}
