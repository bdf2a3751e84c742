import { relative } from 'node:path';
import { type CliOptions, parseCLI, startVitest, type TestModule, type Vitest } from 'vitest/node';

/** Files that failed and are run again by themselves, at most: more of them are no matter of chance. */
const MOST_AGAIN = 4;
/** Where an error came from that belongs to no file. */
const NOWHERE = '';

// All tests, or those that arguments of vitest name. Files that start processes run beside others, and one in hundreds meets an
// order of events, or a machine so busy, that nobody thought of. One of them that failed is run once more with nothing beside it;
// what is right only then is named at the end, to be looked into. Tests of one process have no such excuse, and no second try.
const { filter, options } = parseCLI(['vitest', ...process.argv.slice(2)]);
const first = await run(filter, options);
const stray = straysOf(first);
const failed = first.state.getTestModules().filter((one) => one.state() === 'failed' || stray.has(one.moduleId));
const again = failed.length > 0 && failed.length <= MOST_AGAIN && failed.every(startsProcesses) && !stray.has(NOWHERE);
await first.close();
if (again && (await areRightAlone(failed))) {
	console.log(`\nFLAKY: right only when run once more, with nothing beside them:\n${named(failed)}\n`);
	process.exitCode = 0;
}
// Something that a test left open must not keep the run from ending.
process.exit();

async function areRightAlone(modules: readonly TestModule[]): Promise<boolean> {
	console.log(`\nOnce more, with nothing beside them:\n${named(modules)}\n`);
	const second = await run([...new Set(modules.map(({ moduleId }) => moduleId))], {
		project: [...new Set(modules.map(({ project }) => project.name))],
		fileParallelism: false,
	});
	const ran = second.state.getTestModules();
	const right =
		ran.length >= modules.length && ran.every((one) => one.state() === 'passed') && straysOf(second).size === 0;
	await second.close();
	return right;
}

function run(files: string[], options: CliOptions): Promise<Vitest> {
	return startVitest(files, { ...options, watch: false, run: true });
}

function startsProcesses({ project }: TestModule): boolean {
	return project.name !== 'unit';
}

/** The files while which something was thrown that no test waited for. */
function straysOf({ state }: Vitest): ReadonlySet<string> {
	const errors = state.getUnhandledErrors() as readonly { readonly VITEST_TEST_PATH?: string }[];
	return new Set(errors.map(({ VITEST_TEST_PATH: path = NOWHERE }) => path));
}

function named(modules: readonly TestModule[]): string {
	return modules.map(({ project, moduleId }) => `  ${project.name}: ${relative(process.cwd(), moduleId)}`).join('\n');
}
