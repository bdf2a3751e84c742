import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WORKFLOW_LIMITS } from '../../domain/workflow/definition.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { checkWorkflowText } from './check-workflow-text.ts';
import { readWorkflow } from './read-workflow.ts';

/** What is said about a text, as `line:column message`. */
function said(text: string): string[] {
	const read = readWorkflow(text);
	return read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const steps = (...lines: string[]) => ['name: demo', 'steps:', ...lines, ''].join('\n');

describe('reading a workflow', () => {
	it('says what is wrong with line and column, all at once', () => {
		const text = steps(
			'  - id: read',
			'    use: web.read',
			'    with:',
			'      url: "see ${reed.url} and ${read.x +}"',
			'    when: input.a == ',
			'    after: [later]',
			'  - { id: last, let: "${last2}", whn: true }',
		);
		expect(said(text)).toEqual([
			expect.stringMatching(/^6:19 There is no step `reed`; did you mean `read`\?$/),
			expect.stringMatching(/^7:\d+ The expression `input\.a ==` cannot be read: /),
			expect.stringMatching(/^8:13 There is no step `later` in this list/),
			expect.stringMatching(/^9:25 There is no step `last2`; did you mean `last`\?$/),
			expect.stringMatching(/^9:34 There is no key `whn` here; did you mean `when`\?$/),
		]);
	});

	it('finds an expression in a block of text', () => {
		const text = steps(
			'  - id: a',
			'    use: model.ask',
			'    with:',
			'      prompt: |',
			'        First line.',
			'        Then ${b}.',
		);
		expect(said(text)).toEqual([expect.stringMatching(/^8:16 There is no step `b`/)]);
	});

	it.each([
		[
			'a circle',
			steps('  - { id: a, let: "${b}", after: [] }', '  - { id: b, let: "${a}", after: [] }'),
			/3:\d+ Steps wait for each other in a circle: `a` → `b` → `a`\./,
		],
		[
			'what comes later',
			steps('  - { id: a, let: "${b}" }', '  - { id: b, let: 1 }'),
			/`a` looks at `b`, which comes after it; move it up/,
		],
		[
			'an id twice',
			steps('  - { id: a, let: 1 }', '  - { id: a, let: 2 }'),
			/4:11 Two steps of this list have the id `a`\./,
		],
		['a reserved id', steps('  - { id: input, let: 1 }'), /`input` has a meaning of its own/],
		['a word of CEL as an id', steps('  - { id: loop, let: 1 }'), /`loop` has a meaning of its own/],
		['a word of CEL as an element', steps('  - { each: "[1]", as: for, use: x }'), /`for` has a meaning of its own/],
		[
			'a step inside another',
			steps('  - id: g', '    steps: [{ id: x, let: 1 }]', '  - let: "${x}"'),
			/5:\d+ The step `x` is inside `g`; what that gives is `\$\{g\}`\./,
		],
		[
			'a parameter',
			`${steps('  - let: "${input.tpic}"')}input: { properties: { topic: {} } }\n`,
			/There is no parameter `tpic`; did you mean `topic`\?/,
		],
		['a tab', 'name: a\nsteps:\n\t- let: 1\n', /3:1 YAML is indented with spaces/],
		['a key twice', 'name: a\nname: b\nsteps: [{ let: 1 }]\n', /2:1 This key stands here twice\./],
		['a list', '- a\n- b\n', /1:1 A workflow is a mapping/],
		['nothing', '', /1:1 A workflow is a mapping/],
		['a text', 'hello', /1:1 A workflow is a mapping/],
		['a step of no kind', steps('  - uses: web.read'), /3:5 .*did you mean `use` with `uses`\?/],
		['a duration', steps('  - { use: web.read, timeout: soon }'), /3:31 `soon` is no duration/],
		[
			'a time-out that is not known',
			steps('  - { id: a, let: 1 }', '  - { use: x, timeout: "${a}" }'),
			/has to be known before the run/,
		],
		['a type', steps('  - { let: "${1 + \'a\'}" }'), /no such overload: int \+ string/],
		['an unclosed expression', steps('  - { let: "${a" }'), /There is no `\}` for this/],
		[
			'calculating in an undo',
			steps('  - { id: a, use: x, undo: { use: y, with: { n: "${a.n + 1}" } } }'),
			/An `undo` can only take/,
		],
		['a reference of a plan', steps('  - { use: x, with: { $from: a } }'), /References are written/],
		[
			'a branch after otherwise',
			steps('  - choose: [{ steps: [{ let: 1 }] }, { when: "true", steps: [{ let: 2 }] }]'),
			/Only the last branch/,
		],
		['itself', steps('  - workflow: demo'), /cannot be part of themselves: `demo` → `demo`/],
		['a circle of aliases', 'name: a\nsteps: &s\n  - steps: *s\n', /deeper|values/],
	])('refuses %s', (_what, text, wanted) => {
		expect(said(text).join('\n')).toMatch(wanted);
	});

	it('refuses what is too much, quickly', () => {
		const many = steps(...Array.from({ length: 10_000 }, (_, index) => `  - { id: s${index}, let: ${index} }`));
		expect(said(many)).toEqual([expect.stringContaining(`10000 steps; at most ${WORKFLOW_LIMITS.maxSteps}`)]);
		expect(said(`name: a\n${'# '.repeat(600_000)}`)).toEqual([expect.stringContaining('larger than 1 MB')]);
		const bomb = [
			'a: &a [x, x]',
			...[...'bcdefghijklmnopq'].map(
				(name, index) =>
					`${name}: &${name} [${Array(10)
						.fill(`*${String.fromCharCode(97 + index)}`)
						.join(', ')}]`,
			),
		];
		// Each of these could take minutes.
		expect(said(`name: w\nsteps:\n${'  - {let: &a [*a, *a]}\n'.repeat(1_000)}`).join()).toMatch(/53:15 .*100 aliases/);
		const keys = Array.from({ length: 8_000 }, (_, index) => `"${index}" : 1\n`).join('');
		expect(said(`${keys}"7" : 2\n`).join()).toContain('8001:1 This key stands here twice.');
		expect(said(bomb.join('\n')).join()).toMatch(/100 aliases/);
		expect(said('['.repeat(20_000)).join()).toMatch(/deeper/);
		expect(said(`name: a\nsteps: ${'[{ steps: '.repeat(12)}[{ let: 1 }]${' }]'.repeat(12)}`).join()).toMatch(/8 deep/);
		const wrong = steps(...Array.from({ length: 200 }, (_, index) => `  - { let: "\${x${index}}" }`));
		expect(said(wrong)).toHaveLength(50);
	});

	it('stops to read where a text is written to take long', () => {
		const toItsEnd: [text: string, said: RegExp][] = [
			[`x: ${']'.repeat(20_000)}`, /no workflow/],
			['#\n'.repeat(20_000), /no workflow/],
			[`x: [${'!a 1,'.repeat(200)}]`, /100 tags/],
			[`x: [${'1,'.repeat(60_000)}]`, /100000 words/],
		];
		for (const [text, words] of toItsEnd) expect(said(text).join()).toMatch(words);
	});
	it('holds calls against a catalogue and a library', () => {
		const capability = (name: string, input: z.ZodType): CapabilityDeclaration => ({
			...{ name, version: 1, summary: 'A test.', input, output: z.json(), effects: 'none', pure: true },
			...{ placement: 'inline', concurrency: 1 },
		});
		const catalogue = [capability('web.read', z.strictObject({ url: z.string(), max: z.int().optional() }))];
		const text = `${steps(
			'  - { id: a, use: web.raed }',
			'  - { id: b, use: web.read, with: { url: 5, max: "${a.max}" } }',
			'  - { workflow: other, with: { topik: x } }',
			'  - { workflow: missing }',
			'  - { use: web.read, with: { url: "${input.url}/x", max: "${a.n + 1}" } }',
		)}input: { properties: { url: { type: string } } }\n`;
		const library = (name: string) =>
			name === 'other' ? { name, version: 1, input: { properties: { topic: {} } }, steps: [{ let: 1 }] } : undefined;
		const found = checkWorkflowText(text, { catalogue, library }).problems.map(
			({ line, message }) => `${line} ${message}`,
		);
		expect(found).toEqual([
			expect.stringMatching(/^3 There is no capability `web\.raed`; did you mean `web\.read`\?$/),
			expect.stringMatching(/^4 The input of "web\.read" does not fit at "url"/),
			expect.stringMatching(/^5 .*no parameter `topik`; did you mean `topic`\?/),
			expect.stringMatching(/^6 There is no workflow `missing`/),
		]);
	});

	it('survives any text, also as an expression', () => {
		const corpora = process.env['ERRAND_CORPORA_DIR'];
		const files =
			corpora === undefined ? [] : globSync('**/blns*.txt', { cwd: corpora }).map((file) => `${corpora}/${file}`);
		const naughty = [
			'\u0000',
			'${',
			'\u{1f600}',
			'{}',
			'&a',
			'*a',
			'!!js/function x',
			'%',
			'\ud800',
			'${\ud800}',
			'__proto__',
			'"',
			"'",
			'? a',
			'|',
			'>',
			'- - -',
		];
		for (const line of [...naughty, ...files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))]) {
			readWorkflow(line);
			readWorkflow(steps(`  - let: ${line}`));
			readWorkflow(
				JSON.stringify({
					name: 'a',
					steps: [{ let: `\${${line}}` }, { let: line, when: line === '' ? 'true' : line }],
				}),
			);
			const kept = readWorkflow(JSON.stringify({ name: 'a', steps: [{ let: line.replaceAll('${', () => '$${') }] }));
			expect(kept.ok, line).toBe(true);
		}
	});
});
