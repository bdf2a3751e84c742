import { execFileSync } from 'node:child_process';

/** isGitInstalled says whether tests on real repositories can run here; where they cannot, they are skipped. */
export const isGitInstalled = (() => {
	try {
		execFileSync('git', ['--version'], { stdio: 'ignore' });
		return true;
	} catch {
		process.stderr.write(
			'There is no git on this machine, so tests on repositories are skipped: apt-get install git.\n',
		);
		return false;
	}
})();

/** gitIn runs git in a folder as a person would, without the settings of whoever runs the tests. */
export function gitIn(root: string) {
	return (...args: string[]): string =>
		execFileSync('git', args, {
			...{ cwd: root, encoding: 'utf8', stdio: 'pipe' },
			env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
		}).trim();
}

/** beginRepository makes a repository of a folder, with all that is in it as its first commit on `main`; returns that. */
export function beginRepository(root: string): string {
	const git = gitIn(root);
	git('init', '--quiet', '--initial-branch=main');
	git('config', 'user.name', 'Ann');
	git('config', 'user.email', 'ann@example.org');
	git('add', '.');
	git('commit', '--quiet', '-m', 'Begin');
	return git('rev-parse', 'HEAD');
}
