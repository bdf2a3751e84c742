import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** WorkerArguments are what stands behind `npm run worker --`. */
export interface WorkerArguments {
	/** What it is to do; everything that it can where left out, or `all`. */
	readonly capabilities: readonly string[] | undefined;
	/** Modules with capabilities of the operator's own: files, folders and patterns; those of the environment where left out. */
	readonly modules: readonly string[] | undefined;
	/** Runs at once, of each capability and in all. */
	readonly concurrency: number | undefined;
	/** How its own name begins; the machine's where left out. */
	readonly name: string | undefined;
	/** The pool that it was started for. */
	readonly pool: string | undefined;
}

/** WORKER_USAGE says how a worker is started. */
export const WORKER_USAGE =
	'npm run worker -- [--capabilities web.read,browser.visit] [--modules ./my.ts,./more/] [--concurrency 8] [--name reader] [--pool readers]';

/** parseWorkerArguments reads the command line; every mistake is in the one `invalid-config` error it throws. */
export function parseWorkerArguments(args: readonly string[], known: ReadonlySet<string>): WorkerArguments {
	const { capabilities: listed, modules, concurrency: count, name, pool } = optionsOf(args);
	const capabilities = listed === undefined ? undefined : entriesOf(listed);
	const concurrency = count === undefined ? undefined : Number(count);
	const isAll = capabilities?.join() === 'all';
	const unknown = isAll ? [] : (capabilities?.filter((entry) => !known.has(entry)) ?? []);
	const mistakes = [
		...(capabilities?.length === 0 ? ['--capabilities names none'] : []),
		...(unknown.length === 0 ? [] : [`--capabilities: there is no ${unknown.map((entry) => `"${entry}"`).join(', ')}`]),
		...(concurrency === undefined || isCount(concurrency)
			? []
			: [`--concurrency "${count}" is no number from 1 to 500`]),
		...(name === undefined || NAME.test(name) ? [] : [`--name "${name}" ${NAME_RULE}`]),
		...(pool === undefined || NAME.test(pool) ? [] : [`--pool "${pool}" ${NAME_RULE}`]),
	];
	if (mistakes.length > 0) {
		throw wrong(mistakes, unknown.length === 0 ? '' : ` Capabilities are: ${[...known].toSorted().join(', ')}.`);
	}
	const paths = modules === undefined ? undefined : entriesOf(modules).map((path) => resolve(path));
	return {
		capabilities: isAll ? undefined : capabilities && [...new Set(capabilities)],
		concurrency,
		name,
		pool,
		modules: paths,
	};
}

function entriesOf(listed: string): readonly string[] {
	return listed
		.split(',')
		.map((entry) => entry.trim())
		.filter(Boolean);
}

function optionsOf(args: readonly string[]) {
	const option = { type: 'string' } as const;
	const options = { capabilities: option, modules: option, concurrency: option, name: option, pool: option };
	try {
		return parseArgs({ args: [...args], options }).values;
	} catch (error) {
		throw wrong([describeError(error).split('. ')[0] ?? ''], '');
	}
}

function isCount(number: number): boolean {
	return Number.isInteger(number) && number >= 1 && number <= 500;
}

function wrong(mistakes: readonly string[], more: string): CoreError {
	return new CoreError('invalid-config', `The command line cannot be used: ${mistakes.join('; ')}.`, {
		hint: `Use: ${WORKER_USAGE}.${more}`,
	});
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;
const NAME_RULE = 'must be at most 60 letters, digits, dots, hyphens and underscores';
