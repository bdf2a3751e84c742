import { workflowLanguage } from '@errand/core/planning/workflow/workflow-language.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import { type Spread, spreadOf } from '../figures.ts';

/** LargeReading is how long a text of very many steps takes from its characters to a plan (ms). */
export interface LargeReading {
	readonly bytes: number;
	/** In a process that has read none before, its language loaded. */
	readonly first: number;
	readonly parts: Readonly<Record<'read' | 'check' | 'compile' | 'all', Spread>>;
}

const WARM_UP = 5;

/** readLargeWorkflow reads, checks and compiles a workflow of so many steps in YAML, again and again. */
export function readLargeWorkflow(steps: number, times: number): LargeReading {
	const text = largeWorkflow(steps);
	const taken = Array.from({ length: WARM_UP + times }, () => once(text));
	const warm = taken.slice(WARM_UP);
	return {
		bytes: Buffer.byteLength(text),
		first: taken[0]?.all ?? 0,
		parts: {
			read: spreadOf(warm.map(({ read }) => read)),
			check: spreadOf(warm.map(({ check }) => check)),
			compile: spreadOf(warm.map(({ compile }) => compile)),
			all: spreadOf(warm.map(({ all }) => all)),
		},
	};
}

function once(text: string) {
	const from = performance.now();
	const found = workflowLanguage.read(text);
	const read = performance.now();
	if (!found.ok) throw new Error(`The text cannot be read: ${JSON.stringify(found.problems.slice(0, 3))}`);
	const library = () => undefined;
	const problems = workflowLanguage.problems(found.definition, { library, catalogue });
	const check = performance.now();
	if (problems.length > 0) throw new Error(`The text is wrong: ${JSON.stringify(problems.slice(0, 3))}`);
	const compiled = workflowLanguage.compile(found.definition, { input: { url: 'https://example.org' }, library });
	const compile = performance.now();
	if (!compiled.ok) throw new Error(`The text does not compile: ${JSON.stringify(compiled.problems.slice(0, 3))}`);
	return { read: read - from, check: check - read, compile: compile - check, all: compile - from };
}

/** As people write: keys on lines of their own, references to what came before, a condition at every tenth. */
function largeWorkflow(steps: number): string {
	const lines = [
		'name: large',
		'input:',
		'  type: object',
		'  properties:',
		'    url: { type: string }',
		'  required: [url]',
		'steps:',
	];
	for (let index = 0; index < steps; index++) {
		lines.push(
			`  - id: step_${index}`,
			`    title: Step ${index} of many`,
			'    use: test.wait',
			'    with:',
			'      ms: 0',
		);
		lines.push(index === 0 ? "      say: 'Look at ${input.url}'" : `      say: \${step_${index - 1}.text}`);
		if (index > 0 && index % 10 === 0) lines.push(`    when: step_${index - 1}.text == 'done'`);
	}
	return `${lines.join('\n')}\n`;
}

/** What one reading takes, as a program of its own tells it: `read-large-workflow.ts <steps> <times>`. */
if (import.meta.main) {
	process.stdout.write(JSON.stringify(readLargeWorkflow(Number(process.argv[2]), Number(process.argv[3]))));
}
