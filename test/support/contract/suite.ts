import type { FrontendErrand } from '../../harness/frontend-errand.ts';
import type { PlatformDriver } from './platform-driver.ts';

/** Suite is what the rules are tested on; both are there once the tests run. */
export interface Suite {
	readonly errand: () => FrontendErrand;
	readonly platform: () => PlatformDriver;
}
