import { execFile } from 'node:child_process';
import { CoreError } from '../../domain/errors.ts';
import { refusalOfGit } from './git-refusals.ts';

/** GitRun is one run of git; `args` hold nothing that others wrote but names that were checked, or after `--`. */
export interface GitRun {
	readonly root: string;
	readonly args: readonly string[];
	/** Given to it on its standard input. */
	readonly input?: string | undefined;
	/** Exit codes that are answers and no failures. */
	readonly expects?: readonly number[] | undefined;
	readonly timeoutMs?: number | undefined;
}

/** GitEnvironment is what git may know of the environment: where programs are, and whose settings hold. */
export type GitEnvironment = Readonly<Record<'PATH' | 'HOME' | 'XDG_CONFIG_HOME', string | undefined>>;

const TIMEOUT_MS = 60_000;
const LARGEST_OUTPUT = 16 * 1024 * 1024;

/** A repository's own settings must not start programs: it is somebody's code, perhaps just unpacked. */
const SETTINGS = [
	'core.hooksPath=/dev/null',
	'core.fsmonitor=false',
	'core.editor=:',
	'core.pager=cat',
	'core.askPass=',
	'core.sshCommand=false',
	'credential.helper=',
	'commit.gpgSign=false',
	'diff.external=',
	'diff.ignoreSubmodules=dirty',
	'submodule.recurse=false',
	'advice.detachedHead=false',
	'gc.auto=0',
	'maintenance.auto=false',
	'user.useConfigOnly=true',
].flatMap((setting) => ['-c', setting]);

/** runGit runs git in a folder; resolves with its exit code and output, rejects with a refusal a person can act on. */
export function runGit(
	environment: GitEnvironment,
	{ root, args, input, expects = [0], timeoutMs = TIMEOUT_MS }: GitRun,
): Promise<{ readonly code: number; readonly output: string }> {
	const { promise, resolve, reject } = Promise.withResolvers<{ code: number; output: string }>();
	const words = ['--no-pager', '--literal-pathspecs', ...SETTINGS, ...args];
	const options = {
		cwd: root,
		env: environmentOf(environment),
		timeout: timeoutMs,
		// It removes its locks then.
		killSignal: 'SIGTERM',
		maxBuffer: LARGEST_OUTPUT,
		windowsHide: true,
	} as const;
	const child = execFile('git', words, options, (error, output, trouble) => {
		if (error === null) return resolve({ code: 0, output });
		const { code, killed } = error;
		if (typeof code === 'number' && expects.includes(code)) return resolve({ code, output });
		if (code === 'ENOENT') return reject(missing());
		if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return reject(tooMuch(root));
		if (killed === true) return reject(late(root, timeoutMs));
		reject(refusalOfGit(trouble, { root, doing: args[0] ?? '' }));
	});
	// It may end before it has read all; how it ended says why.
	child.stdin?.on('error', () => undefined);
	child.stdin?.end(input ?? '');
	return promise;
}

function environmentOf(environment: GitEnvironment): NodeJS.ProcessEnv {
	const given = Object.entries(environment).filter(([, value]) => value !== undefined);
	return {
		...Object.fromEntries(given),
		LC_ALL: 'C',
		GIT_TERMINAL_PROMPT: '0',
		GIT_OPTIONAL_LOCKS: '0',
		GIT_NO_LAZY_FETCH: '1',
		// No way to any network.
		GIT_ALLOW_PROTOCOL: 'none',
		SSH_ASKPASS: '',
	};
}

function missing(): CoreError {
	return new CoreError('not-possible', 'git is not installed on the machine the server runs on.', {
		hint: 'Install it (apt-get install git), then call again.',
	});
}

function late(root: string, timeoutMs: number): CoreError {
	return new CoreError('timed-out', `git took longer than ${timeoutMs / 1000} s in ${root} and was stopped.`, {
		hint: 'Look whether the disk is busy or the folder holds very many files; then call again.',
	});
}

function tooMuch(root: string): CoreError {
	return new CoreError('too-large', `So many files changed in ${root} that they cannot be listed.`, {
		hint: 'List what programs make in .gitignore, then call again.',
	});
}
