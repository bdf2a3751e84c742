import { CoreError, type ErrorCode } from '../../domain/errors.ts';
import { shortened } from '../../domain/shortened.ts';

interface Place {
	readonly root: string;
	/** Git's own name of what was attempted. */
	readonly doing: string;
}

interface Refusal {
	readonly seen: RegExp;
	readonly code?: ErrorCode;
	readonly message: (place: Place, trouble: string) => string;
	readonly hint: (place: Place) => string;
}

const LONGEST = 500;

/** refusalOfGit says in plain words why git refused, by what it wrote; of what is not known here, its own words are told. */
export function refusalOfGit(trouble: string, place: Place): CoreError {
	const known = REFUSALS.find(({ seen }) => seen.test(trouble));
	if (known === undefined) {
		const said = trouble.split('\n').find((line) => /^(?:fatal|error):/.test(line)) ?? trouble.trim();
		const words = shortened(said.replace(/^(?:fatal|error): /, ''), LONGEST) || 'it gave no reason';
		return new CoreError('not-possible', `git ${place.doing} failed in ${place.root}: ${words}.`, {
			hint: 'Look at it with git in that folder, then call again.',
		});
	}
	const { code = 'not-possible', message, hint } = known;
	return new CoreError(code, message(place, trouble), { hint: hint(place) });
}

/** Git names each on a line of its own, indented by a tab. */
function filesNamed(trouble: string): string {
	const files = trouble.split('\n').flatMap((line) => (line.startsWith('\t') ? line.trim() : []));
	return shortened(files.join(', '), LONGEST);
}

const REFUSALS: readonly Refusal[] = [
	{
		seen: /not a git repository|must be run in a work tree/i,
		message: ({ root }) => `${root} belongs to no git repository with files.`,
		hint: () => 'Make one there: git init, then a first commit.',
	},
	{
		seen: /dubious ownership/,
		message: ({ root }) =>
			`The repository of ${root} belongs to another user of the machine, so git does not work in it.`,
		hint: ({ root }) =>
			`If you trust it, run this as the user the server runs as: git config --global --add safe.directory ${root}`,
	},
	{
		seen: /\.lock': File exists/,
		message: ({ root }) => `Another git is at work in ${root}.`,
		hint: () => 'Call again in a moment. If no other git runs there, remove the .lock file in its .git folder.',
	},
	{
		seen: /No space left on device/,
		code: 'disk-full',
		message: ({ root }) => `git cannot write in ${root}: the disk is full.`,
		hint: () => 'Make room, then call again.',
	},
	{
		seen: /Permission denied|Read-only file system/,
		message: ({ root }) => `git may not write in ${root}.`,
		hint: () => 'Let the user that the server runs as write in the folder and its .git.',
	},
	{
		seen: /would be overwritten by checkout/,
		message: (_place, trouble) =>
			`Changes that are not committed stand in the way of the branch: ${filesNamed(trouble)}.`,
		hint: () => 'Commit them, or put them aside with git stash, then call again.',
	},
	{
		seen: /already (?:checked out|used by worktree)/,
		message: () => 'The branch is checked out in another work tree.',
		hint: () => 'Work there, or remove that work tree (git worktree list shows them).',
	},
	{
		seen: /pathspec .* did not match|ignored by one of your \.gitignore/,
		code: 'invalid-input',
		message: () => 'Of the files to commit, one is not there or is ignored by .gitignore.',
		hint: () =>
			'Name files by their path from the project’s folder, or leave "files" out: then all that changed is taken.',
	},
	{
		seen: /[Pp]lease tell me who you are|no (?:email|name) was given|auto-detection is disabled|empty ident/,
		message: () => 'git does not know whose name a commit is to bear.',
		hint: () =>
			'Run in the project’s folder: git config user.name "Ann Example" and git config user.email ann@example.org',
	},
];
