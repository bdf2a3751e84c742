import type { ICapability, RunService } from '@errand/core/ports/capability.ts';
import { SERVICE_NAMES } from './service-call.ts';

/** Offer is what a host can do with what it has: `missing` says of every other capability what it lacks and how to get it. */
export interface Offer {
	readonly catalogue: readonly ICapability[];
	readonly missing: ReadonlyMap<string, string>;
}

/** offeredCatalogue leaves out the capabilities that need a service which is not there. */
export function offeredCatalogue(
	catalogue: readonly ICapability[],
	services: { readonly [Name in RunService]?: unknown },
): Offer {
	const lacking = (capability: ICapability) => capability.needs?.filter((name) => services[name] === undefined) ?? [];
	return {
		catalogue: catalogue.filter((capability) => lacking(capability).length === 0),
		missing: new Map(
			catalogue.flatMap((capability) => {
				const [first] = lacking(capability);
				return first === undefined ? [] : [[capability.name, missingWords(capability.name, first)] as const];
			}),
		),
	};
}

function missingWords(capability: string, service: RunService): string {
	const { what, howTo } = SERVICE_NAMES[service];
	return `"${capability}" needs ${what}, and there is none here: ${howTo}.`;
}
