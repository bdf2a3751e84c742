import { resolve } from 'node:path';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { cleanText } from '@errand/frontends/terminal/clean-text.ts';
import { type Asker, openAsker } from './asker.ts';

/** SetUpTools are what a set-up works with: somebody to ask, the file to write, and when to stop. */
export interface SetUpTools {
	readonly asker: Asker;
	/** The environment file. */
	readonly file: string;
	readonly signal: AbortSignal;
}

interface Command<Typed> {
	readonly parse: (argv: readonly string[]) => Typed;
	readonly usage: string;
	/** Resolves with whether something was written. */
	readonly run: (typed: Typed, tools: SetUpTools) => Promise<boolean>;
}

const NOT_WRITTEN = 1;
const NO_USE = 2;

/** runSetUp runs a set-up command and sets the exit code: 0 written, 1 not written, 2 used in a way that makes no sense. */
export async function runSetUp<Typed extends { readonly help: boolean; readonly file?: string | undefined }>(
	command: Command<Typed>,
): Promise<void> {
	try {
		process.exitCode = await main(command);
	} catch (error) {
		if (!isCoreError(error)) throw error;
		process.stderr.write(`${cleanText(error.message)}\n${cleanText(error.hint)}\n`);
		process.exitCode = error.code === 'cancelled' ? NOT_WRITTEN : NO_USE;
	}
}

async function main<Typed extends { readonly help: boolean; readonly file?: string | undefined }>({
	parse,
	usage,
	run,
}: Command<Typed>): Promise<number> {
	const typed = parse(process.argv.slice(2));
	if (typed.help) {
		process.stdout.write(`${usage}\n`);
		return 0;
	}
	const controller = new AbortController();
	process.once('SIGINT', () => controller.abort());
	const asker = openAsker(process.stdin, process.stdout);
	try {
		const file = typed.file === undefined ? resolve(REPOSITORY, '.env') : resolve(typed.file);
		const signal = AbortSignal.any([controller.signal, asker.left]);
		return (await run(typed, { asker, file, signal })) ? 0 : NOT_WRITTEN;
	} finally {
		asker.close();
	}
}
