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
	},
	server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/socket.io': { target: 'http://127.0.0.1:3000', ws: true } } },
});
