import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** ModuleCode is the code of a module as it was read once: address and text of each of its own files. */
export type ModuleCode = Readonly<Record<string, string>>;

/** What modules may import wherever they stand. */
const OURS: Readonly<Record<string, string>> = {
	'@errand/capability-sdk': import.meta.resolve('@errand/capability-sdk'),
	zod: import.meta.resolve('zod'),
};
/** Code of Errand itself does not belong to a module. */
const ROOT = new URL('../../../../../', import.meta.url).href;
const ERRAND = [`${ROOT}apps/`, `${ROOT}packages/`];

/**
 * useModuleCode has this process load modules of the operator: they find the SDK from wherever they stand, and a file whose code
 * was kept is loaded as it was then, whatever became of it since.
 */
export function useModuleCode(): { keep(code: ModuleCode): void; loaded(): ModuleCode } {
	const kept = new Map<string, string>();
	const loaded = new Map<string, string>();
	registerHooks({
		resolve: (specifier, context, next) => {
			try {
				return next(specifier, context);
			} catch (error) {
				const ours = OURS[specifier];
				if (ours === undefined) throw error;
				return { url: ours, shortCircuit: true };
			}
		},
		load: (url, context, next) => {
			const format = formatOf(url, context.format);
			if (format === undefined) return next(url, context);
			const source = kept.get(url) ?? readFileSync(fileURLToPath(url), 'utf8');
			loaded.set(url, source);
			return { format, source, shortCircuit: true };
		},
	});
	return {
		keep: (code) => {
			for (const [url, source] of Object.entries(code)) kept.set(url, source);
		},
		loaded: () => Object.fromEntries(loaded),
	};
}

/** How a file of the module itself is read; undefined for what belongs to somebody else. */
function formatOf(url: string, known: string | null | undefined): 'module' | 'module-typescript' | undefined {
	if (!url.startsWith('file:') || url.includes('/node_modules/')) return undefined;
	if (ERRAND.some((folder) => url.startsWith(folder))) return undefined;
	if (/\.m?ts$/.test(url)) return 'module-typescript';
	return url.endsWith('.mjs') || (url.endsWith('.js') && known === 'module') ? 'module' : undefined;
}
