import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrontendErrand, startFrontendErrand } from '../harness/frontend-errand.ts';
import { describeConversation } from './contract/conversation.ts';
import { describeDelivery } from './contract/delivery.ts';
import type { PlatformDriver } from './contract/platform-driver.ts';
import { describeRestarts } from './contract/restarts.ts';
import { describeWhoIsServed } from './contract/who-is-served.ts';

/**
 * describeFrontend holds an adapter to the rules that are the same everywhere: a server as it ships, the adapter with its
 * platform's own library, and the platform's stand-in. Each test has people of its own, so none sees what another did.
 */
export function describeFrontend(name: string, openPlatform: () => Promise<PlatformDriver>): void {
	describe(name, () => {
		let platform: PlatformDriver;
		let errand: FrontendErrand;
		beforeAll(async () => {
			platform = await openPlatform();
			errand = await startFrontendErrand(platform);
		});
		afterAll(async () => {
			await errand?.stop();
			await platform?.stop();
		});
		const suite = { errand: () => errand, platform: () => platform };

		describe('who is served', () => describeWhoIsServed(suite));
		// Most of this is waiting, and people do not disturb each other.
		describe.concurrent('a conversation', () => describeConversation(suite));
		describe.concurrent('what is delivered', () => describeDelivery(suite));
		describe('restarts', () => describeRestarts(suite));

		// After all the rest, so that every request of theirs has been held against the vendor's own description.
		it.skipIf(process.env['ERRAND_SPECS_DIR'] === undefined)(
			'was asked for nothing that it does not know (set ERRAND_SPECS_DIR to check)',
			() => expect(platform.complaints()).toEqual([]),
		);
	});
}
