import { access } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import type { GitStand, IGitWork } from '../../ports/git-work.ts';
import { readStatus } from './read-status.ts';
import { type GitEnvironment, type GitRun, runGit } from './run-git.ts';

/** Large work trees are read whole. */
const COMMIT_MS = 300_000;

/** Files and folders below `.git` that tell what was begun and not ended. */
const UNDER_WAY = {
	MERGE_HEAD: 'merge',
	'rebase-merge': 'rebase',
	'rebase-apply': 'rebase',
	CHERRY_PICK_HEAD: 'cherry-pick',
	REVERT_HEAD: 'revert',
	BISECT_LOG: 'bisect',
} as const;

/** GitWork works on repositories with the git of this machine, one short run after the other. */
export class GitWork implements IGitWork {
	readonly #environment: GitEnvironment;

	constructor({ PATH, HOME, XDG_CONFIG_HOME }: Partial<GitEnvironment>) {
		this.#environment = { PATH, HOME, XDG_CONFIG_HOME };
	}

	async stand(root: string): Promise<GitStand> {
		const where = await this.#git({ root, args: ['rev-parse', '--show-toplevel', '--absolute-git-dir'] });
		const [top = '', git = ''] = where.output.split('\n');
		refuseElsewhere(root, top);
		await this.#refuseFilters(root);
		const [status, author, underWay] = await Promise.all([
			this.#git({ root, args: [...STATUS, '--', '.'] }),
			this.#git({ root, args: ['var', 'GIT_COMMITTER_IDENT'], expects: [128] }),
			underWayIn(git),
		]);
		const { branch, head, changes } = readStatus(status.output);
		return {
			branch,
			head,
			changes: changes.map(({ path, kind }) => ({ path: relative(root, join(top, path)) || '.', kind })),
			underWay,
			namesAuthor: author.code === 0,
		};
	}

	async headOf(root: string, branch: string): Promise<string | undefined> {
		const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${checked(branch)}^{commit}`];
		const { code, output } = await this.#git({ root, args, expects: [1] });
		return code === 0 ? output.trim() : undefined;
	}

	async checkOut(root: string, branch: string, at?: string): Promise<void> {
		await this.#refuseFilters(root);
		const known = await this.headOf(root, branch);
		const make = known === undefined ? ['--create'] : [];
		const from = known === undefined && at !== undefined ? [checkedHash(at)] : [];
		await this.#git({ root, args: ['switch', '--quiet', '--no-guess', ...make, checked(branch), ...from] });
	}

	async commit(
		root: string,
		{ message, files = ['.'] }: { readonly message: string; readonly files?: readonly string[] | undefined },
	): Promise<string | undefined> {
		await this.#refuseFilters(root);
		const stage = ['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'];
		const paths = files.map((file) => pathBelow(root, file)).join('\0');
		await this.#git({ root, args: stage, input: paths, timeoutMs: COMMIT_MS });
		const compare = ['diff', '--cached', '--quiet', '--no-ext-diff', '--no-textconv'];
		if ((await this.#git({ root, args: compare, expects: [1] })).code === 0) return undefined;
		const commit = ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--cleanup=whitespace', '--file=-'];
		await this.#git({ root, args: commit, input: message, timeoutMs: COMMIT_MS });
		const { output } = await this.#git({ root, args: ['rev-parse', '--verify', 'HEAD'] });
		return output.trim();
	}

	/** Programs through which a repository wants its files put. Without them other bytes than meant would be committed, so it is not done at all. */
	async #refuseFilters(root: string): Promise<void> {
		const list = ['config', '--show-scope', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process)$'];
		const { output } = await this.#git({ root, args: list, expects: [1] });
		const own = output.split('\n').find((line) => /^(?:local|worktree)\t/.test(line));
		if (own === undefined) return;
		const name = own.slice(own.indexOf('\t') + 1);
		throw new CoreError(
			'not-possible',
			`The repository’s own settings name a program that git would run: ${name.slice(0, 200)}.`,
			{
				hint: 'If it is one you trust, name it in your own settings (git config --global) and not in the repository’s.',
			},
		);
	}

	#git(run: GitRun) {
		return runGit(this.#environment, { ...run, expects: [0, ...(run.expects ?? [])] });
	}
}

const STATUS = [
	...['status', '--porcelain=v2', '--branch', '-z', '--no-renames'],
	...['--untracked-files=normal', '--ignore-submodules=dirty'],
];

/** A repository may say that its files are somewhere else. */
function refuseElsewhere(root: string, top: string): void {
	if (root === top || root.startsWith(top === sep ? sep : `${top}${sep}`)) return;
	throw new CoreError('not-possible', `The repository of ${root} has its files in ${top.slice(0, 300)}.`, {
		hint: 'Name that folder as the project, or take core.worktree out of the repository’s settings.',
	});
}

async function underWayIn(git: string): Promise<GitStand['underWay']> {
	for (const [name, what] of Object.entries(UNDER_WAY)) {
		const found = await access(join(git, name)).then(
			() => true,
			() => false,
		);
		if (found) return what;
	}
	return undefined;
}

/** Names that cannot be taken for options, ranges or other places. */
function checked(branch: string): string {
	if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/.test(branch) && !/\.\.|\/\/|\.lock$|[./]$/.test(branch)) return branch;
	throw new CoreError('invalid-input', `"${branch.slice(0, 100)}" is no name for a branch.`, {
		hint: 'Use letters, digits and dashes.',
	});
}

function checkedHash(hash: string): string {
	if (/^[0-9a-f]{40,64}$/.test(hash)) return hash;
	throw new CoreError('invalid-input', `"${hash.slice(0, 100)}" is no commit.`, { hint: 'Give its whole hash.' });
}

function pathBelow(root: string, file: string): string {
	const path = relative(root, resolve(root, file));
	const isOutside = path === '..' || path.startsWith(`..${sep}`);
	if (!isOutside && !file.includes('\0') && !path.split(sep).includes('.git')) return path === '' ? '.' : path;
	throw new CoreError('forbidden', `${file.slice(0, 300)} is not among the project’s files.`, {
		hint: 'Name files by their path from the project’s folder.',
	});
}
