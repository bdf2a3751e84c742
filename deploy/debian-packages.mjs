// Debian packages that set-up scripts install. It runs on any Node from 20 up, before there is a node_modules.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What keeps browsers together with their tasks, and what pages are written in. */
export const BROWSER_COMPANIONS = ['bubblewrap', 'fonts-dejavu-core', 'fonts-liberation'];

/** isDebianRoot tells whether this process may install packages on a Debian or one of its kin. */
export function isDebianRoot() {
	return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** installDebian installs packages and tells whether it could; only root on Debian can. */
export function installDebian(packages) {
	if (!isDebianRoot()) return false;
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
	return (
		spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'ignore', env })
			.status === 0
	);
}
