import { hash } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import { KeptTabs } from './kept-tabs.ts';

/** readState says what a context remembers, what is kept of its tabs included, as JSON text; undefined if it is too much to keep. */
export async function readState(context: BrowserContext, tabs: KeptTabs): Promise<string | undefined> {
	for (const indexedDB of [true, false]) {
		const state = await context.storageState({ indexedDB });
		const text = JSON.stringify({ ...state, tabs: tabs.state });
		if (text.length <= MAX_STATE_LENGTH) return text;
	}
	return undefined;
}

/** writeState makes a new context remember what another one did, and says what was kept of its tabs. */
export async function writeState(context: BrowserContext, state: string): Promise<KeptTabs> {
	const { tabs, ...storage } = JSON.parse(state);
	await context.setStorageState(storage);
	return new KeptTabs(tabs);
}

/** stateMark is the same for the same state. */
export function stateMark(state: string): string {
	return hash('sha256', state, 'base64');
}

/** EMPTY_STATE is what a context that was never used remembers. */
export const EMPTY_STATE = JSON.stringify({ cookies: [], origins: [] });

/** All secrets of the machine are in one file that is written whole. */
const MAX_STATE_LENGTH = 1_000_000;
