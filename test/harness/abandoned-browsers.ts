import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { BrowserSessions } from '@errand/workers/sessions/browser/browser-sessions.ts';
import { aBrowserRun } from './browser.ts';

// A server that is meant to be killed: it opens a page for each of two tasks and tells once they are there.
const [browserPath = '', dataDir = '', host = ''] = process.argv.slice(2);
const silent = () => {};
const sessions = new BrowserSessions({
	browserPath,
	dataDir,
	allowPrivateHosts: [host],
	clock: new SystemClock(),
	log: { debug: silent, info: silent, warn: silent, error: silent },
});
const { signal } = new AbortController();
for (const task of ['one', 'two']) {
	const action = { do: 'open', url: `http://${host}/` } as const;
	await sessions.act(aBrowserRun(task), { context: 'main', action, timeoutMs: 20_000 }, { signal });
}
process.stdout.write('open\n');
setInterval(() => sessions, 1_000);
