import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// No inline scripts, styles or data addresses: the page runs under `default-src 'self'`.
export default defineConfig({
	root: here('.'),
	base: '/',
	logLevel: 'warn',
	oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
	build: {
		outDir: here('../../../dist/web'),
		emptyOutDir: true,
		sourcemap: false,
		target: 'es2022',
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: true,
		rolldownOptions: {
			output: {
				// What the first view needs comes in one piece, however many later parts share some of it.
				codeSplitting: {
					groups: [{ debugName: 'first', name: (id, modules) => (firstNeeds(modules).has(id) ? 'first' : null) }],
				},
			},
		},
	},
	server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/socket.io': { target: 'http://127.0.0.1:3000', ws: true } } },
});

interface Modules {
	getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

let first: Set<string> | undefined;

/** All modules that main.tsx imports, and these again, but not what is fetched later. */
function firstNeeds(modules: Modules): ReadonlySet<string> {
	if (first !== undefined) return first;
	first = new Set();
	const waiting = [here('./main.tsx')];
	for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
		if (first.has(id)) continue;
		first.add(id);
		waiting.push(...(modules.getModuleInfo(id)?.importedIds ?? []));
	}
	return first;
}
