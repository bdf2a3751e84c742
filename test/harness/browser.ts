import { existsSync } from 'node:fs';
import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserRun } from '@errand/core/ports/browser.ts';

/** browserPath is a browser of this machine for tests; undefined where there is none. */
export const browserPath = [
	'/usr/lib/chromium/chromium-headless-shell',
	'/usr/lib/chromium/chromium',
	'/usr/bin/chromium',
].find((path) => existsSync(path));

/** aBrowserRun is a run that uses a browser. */
export function aBrowserRun(task: string, part: { step?: string; attempt?: number; run?: number } = {}): BrowserRun {
	const { step = 'look', attempt = 1, run = 1 } = part;
	return { taskId: asTaskId(task), person: asPersonId('p-1'), stepId: asStepId(step), attempt, run };
}
