import { ModuleSource, type ModuleSourceOptions } from './modules/module-source.ts';

/** openModuleSource brings what modules of the operator have; resolves once each was tried. */
export async function openModuleSource(options: ModuleSourceOptions): Promise<ModuleSource> {
	const source = new ModuleSource(options);
	await source.read();
	return source;
}
