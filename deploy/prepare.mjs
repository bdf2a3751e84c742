// Brings a fresh clone to where the TypeScript can run: dependencies, then what the arguments name (page, browser, servers, mcp, bench).
// It runs on any Node from 20 up, before there is a node_modules, so it is plain JavaScript that imports nothing but its neighbour.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSER_COMPANIONS, installDebian } from './debian-packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = new Set(process.argv.slice(2));

installPackages(root, join(root, 'node_modules/.errand-installed'));
if (wanted.has('bench')) {
	installPackages(join(root, 'test/bench/peers'), join(root, 'test/bench/peers/node_modules/.errand-installed'));
}
if (wanted.has('mcp')) {
	installPackages(join(root, 'test/mcp/official'), join(root, 'test/mcp/official/node_modules/.errand-installed'));
}
if (wanted.has('bench') || wanted.has('servers')) installServers();
if (wanted.has('page')) buildPage();
if (wanted.has('browser')) installBrowser();

function installPackages(folder, stamp) {
	const lock = digest([join(folder, 'package.json'), join(folder, 'package-lock.json')]);
	if (readIfThere(stamp) === lock) return;
	say(`Installing packages in ${folder} …`);
	run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], folder);
	// npm may have completed the lock file for this platform.
	writeStamp(stamp, digest([join(folder, 'package.json'), join(folder, 'package-lock.json')]));
}

function buildPage() {
	const page = join(root, 'apps/frontends/src/web/page');
	const stamp = join(root, 'apps/frontends/dist/web/.built-from');
	const sources = digest([
		...filesUnder(page),
		...filesUnder(join(root, 'packages/core/src/domain')),
		join(root, 'package-lock.json'),
	]);
	if (readIfThere(stamp) === sources) return;
	say('Building the page …');
	run(
		join(root, 'node_modules/.bin/node'),
		[join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
		page,
	);
	writeStamp(stamp, sources);
}

/** What browser.visit and the page tests need; a browser without bubblewrap works, but may outlive a server that is killed. */
function installBrowser() {
	const browser = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].some(existsSync);
	const missing = [
		...(browser ? [] : ['chromium-headless-shell']),
		...(existsSync('/usr/bin/bwrap') ? [] : BROWSER_COMPANIONS),
	];
	if (missing.length === 0) return;
	say(`Installing ${missing.join(' and ')} for the browser tests …`);
	if (installDebian(missing)) return;
	say(
		`${missing.join(' and ')} could not be installed, so tests with a browser are skipped or run without what is missing. Install the Debian ${missing.length > 1 ? 'packages' : 'package'} of that name to run them whole.`,
	);
}

/** What a cluster, tests of repositories and the bench's peers need; tests and bench start servers of their own, on free ports and in temporary folders. */
function installServers() {
	const missing = [
		...(existsSync('/usr/bin/redis-server') ? [] : ['redis-server']),
		...(existsSync('/usr/lib/postgresql') ? [] : ['postgresql']),
		...(existsSync('/usr/bin/git') ? [] : ['git']),
	];
	if (missing.length === 0) return;
	say(`Installing ${missing.join(' and ')} for tests and bench …`);
	if (installDebian(missing)) return;
	say(
		`${missing.join(' and ')} could not be installed, so what needs a cluster or a repository is skipped. Install the Debian ${missing.length > 1 ? 'packages' : 'package'} of that name to run it.`,
	);
}

/** One hash over paths and contents; small sources are quicker to read than to guess about by their dates. */
function digest(files) {
	const hash = createHash('sha256');
	for (const file of files)
		hash
			.update(file)
			.update('\0')
			.update(readIfThere(file) ?? '')
			.update('\0');
	return hash.digest('hex');
}

function filesUnder(folder) {
	return readdirSync(folder)
		.sort()
		.map((name) => join(folder, name))
		.flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : path.includes('.test.') ? [] : [path]));
}

function run(command, args, cwd) {
	// Standard output may be a protocol's.
	const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
	if (status === 0) return;
	say(
		`"${command} ${args.join(' ')}" failed in ${cwd}${error ? `: ${error.message}` : ''}. Mend what it says above and start again.`,
	);
	process.exit(1);
}

function readIfThere(file) {
	return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(file, text) {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}

function say(text) {
	process.stderr.write(`${text}\n`);
}
