import type { CapabilityDeclaration, ICapability } from '@errand/core/ports/capability.ts';

/** HandlerModule is where the handler of a capability stands that is not in the catalogue which children load. */
export interface HandlerModule {
	readonly url: string;
	/** File with the code of the module, as it was when its declarations were read. */
	readonly code: string;
}

/** ModuleCapability is a capability of a module of the operator: its handler runs in a child that loads the module. */
export interface ModuleCapability extends ICapability {
	readonly module: HandlerModule;
}

/** moduleCapability makes one of what the module declares. */
export function moduleCapability(
	declared: CapabilityDeclaration,
	module: HandlerModule,
	build: string,
): ModuleCapability {
	const { name, version, summary, effects, pure, concurrency, timeoutMs, retry, sessions, addresses, unplanned } =
		declared;
	return {
		...{ name, version, build, summary, effects, pure, concurrency, module, placement: 'process' as const },
		...{ input: declared.input, output: declared.output },
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		...(retry === undefined ? {} : { retry }),
		...(sessions === undefined ? {} : { sessions }),
		...(addresses === undefined ? {} : { addresses }),
		...(unplanned === undefined ? {} : { unplanned }),
		run: async () => {
			throw new TypeError(`${name} runs in a child process only.`);
		},
	};
}

/** handlerModuleOf is where the handler of a capability stands; undefined for one of the catalogue. */
export function handlerModuleOf(capability: ICapability): HandlerModule | undefined {
	return 'module' in capability ? (capability as ModuleCapability).module : undefined;
}
