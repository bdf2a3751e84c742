import { CoreError } from '@errand/core/domain/errors.ts';
import type { ICapability, RunService } from '@errand/core/ports/capability.ts';
import type { Found } from './find-services.ts';
import { offeredCatalogue } from './offered-catalogue.ts';

/** Choice is which capabilities a worker is to have, with what there is for them. */
export interface Choice {
	/** Everything that it can where left out. */
	readonly capabilities: readonly string[] | undefined;
	/** Runs at once of each capability; as the capability says where left out. */
	readonly concurrency: number | undefined;
	readonly found: Pick<Found, 'model' | 'search' | 'browserPath'>;
}

/** chosenCapabilities is the catalogue of one worker. Throws `invalid-config` for a capability that was named and lacks what it needs. */
export function chosenCapabilities(catalogue: readonly ICapability[], choice: Choice): readonly ICapability[] {
	const { capabilities, concurrency, found } = choice;
	const services: { readonly [Name in RunService]: unknown } = { ...found, browser: found.browserPath };
	const named = new Set(capabilities ?? catalogue.map(({ name }) => name));
	const offer = offeredCatalogue(
		catalogue.filter(({ name }) => named.has(name)),
		services,
	);
	const missing = [...offer.missing.values()];
	if (capabilities !== undefined && missing.length > 0) {
		throw new CoreError('invalid-config', `The worker cannot do what --capabilities says. ${missing.join(' ')}`, {
			hint: 'Get what is missing, or leave these capabilities out.',
		});
	}
	if (concurrency === undefined) return offer.catalogue;
	return offer.catalogue.map((capability) => ({ ...capability, concurrency }));
}
