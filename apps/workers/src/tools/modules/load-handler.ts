import { readFile } from 'node:fs/promises';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { HandlerModule } from './module-capability.ts';
import { capabilitiesIn } from './module-exports.ts';
import { type ModuleCode, useModuleCode } from './module-loader.ts';

const code = useModuleCode();
const loaded = new Map<string, Promise<readonly ICapability[]>>();

/** loadHandler finds a capability in a module of the operator, as its code was when its declarations were read. */
export async function loadHandler(module: HandlerModule, name: string): Promise<ICapability | undefined> {
	const known = loaded.get(module.url) ?? load(module);
	loaded.set(module.url, known);
	return (await known).find((capability) => capability.name === name);
}

async function load(module: HandlerModule): Promise<readonly ICapability[]> {
	code.keep(JSON.parse(await readFile(module.code, 'utf8')) as ModuleCode);
	return capabilitiesIn(await import(module.url));
}
