import { fileURLToPath } from 'node:url';

/** placeOf says of an error that a module threw when it was loaded what went wrong, in which file and line as far as that is known. */
export function placeOf(error: unknown): { readonly problem: string; readonly file?: string; readonly line?: number } {
	if (!(error instanceof Error)) return { problem: `It threw ${String(error).slice(0, 200)}.` };
	const problem = error.message.split('\n')[0]?.slice(0, 500) ?? '';
	const [, file, line] = PLACE.exec(error.stack ?? '') ?? [];
	if (file === undefined) return { problem };
	return { problem, file: file.startsWith('file:') ? fileURLToPath(file) : file, line: Number(line) };
}

/** The first file in a stack that is not Node's: `file:///x/y.ts:3:5`, or `/x/y.ts:3` over a syntax error. */
const PLACE = /((?:file:\/\/)?\/(?!.*node_modules)[^\s:()]+\.[cm]?[jt]s):(\d+)/;
