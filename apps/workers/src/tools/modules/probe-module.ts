import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkflowDefinition } from '@errand/core/domain/workflow/definition.ts';
import type { writeDeclaration } from '@errand/core/planning/declared-capability.ts';
import { parentDeathLauncher } from '../../children/parent-death.ts';
import type { ModuleCode } from './module-loader.ts';

/** ProbeReport is what a module brings, or why it does not load; `code` is what was loaded of it. */
export type ProbeReport =
	| {
			readonly kind: 'read';
			readonly declarations: readonly ReturnType<typeof writeDeclaration>[];
			readonly workflows: readonly WorkflowDefinition[];
			readonly code: ModuleCode;
	  }
	| {
			readonly kind: 'failed';
			readonly problem: string;
			readonly file?: string | undefined;
			readonly line?: number | undefined;
			readonly code: ModuleCode;
	  };

/** probeModule loads a module in a child of its own, and never rejects: what the module does there ends with the child. */
export async function probeModule(url: string, compileCacheDir: string): Promise<ProbeReport> {
	const launcher = await parentDeathLauncher(process.execPath);
	const child = fork(PROBE_MAIN, [url], {
		execPath: launcher.file,
		execArgv: [...launcher.before, `--max-old-space-size=${MEMORY_MB}`],
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		// Nothing of the host's environment, as in handler children.
		env: { NODE_COMPILE_CACHE: compileCacheDir, TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
	});
	let lastWords = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		lastWords = (lastWords + text).slice(-2_000);
	});
	return await new Promise<ProbeReport>((resolve) => {
		const fail = (problem: string) => resolve({ kind: 'failed', problem, code: {} });
		const timer = setTimeout(() => fail(`It did not load within ${LOAD_MS / 1_000} s.`), LOAD_MS);
		child.once('message', (message) => {
			const text = String(message);
			if (text.length > MAX_REPORT) fail('It holds too much: its code and declarations are larger than 8 MB.');
			else resolve(JSON.parse(text) as ProbeReport);
		});
		child.once('error', (error) => fail(`It could not be loaded: ${error.message}`));
		child.once('exit', (status, signal) => {
			fail(`Loading it ended its process (${signal ?? `code ${status}`}). ${lastWords.trim()}`.trim());
		});
		void Promise.resolve().then(() => child.once('close', () => clearTimeout(timer)));
	}).finally(() => child.kill('SIGKILL'));
}

const PROBE_MAIN = fileURLToPath(new URL('./probe-main.ts', import.meta.url));
const LOAD_MS = 20_000;
const MEMORY_MB = 256;
const MAX_REPORT = 8 * 1024 * 1024;
