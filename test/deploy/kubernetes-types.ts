import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Manifest } from './kustomize.ts';

const MODULES = resolve(import.meta.dirname, '../../node_modules');

/** Where the type of each kind stands. A kind that is not here is not known. */
const PLACES: Readonly<Record<string, string>> = {
	'keda.sh/v1alpha1': '@kubernetes-models/keda/keda.sh/v1alpha1',
	'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
};

/**
 * checkTypes holds objects to the types of the Kubernetes API: a field that there is not, one that is missing and one of another
 * type are told. Nothing is asked of a cluster. Returns what the compiler says, in a line each.
 */
export function checkTypes(manifests: readonly Manifest[]): readonly string[] {
	const folder = mkdtempSync(join(tmpdir(), 'errand-manifests-'));
	try {
		const lines = manifests.map((manifest, index) => {
			const { apiVersion, kind } = manifest;
			const place = `${PLACES[apiVersion] ?? `kubernetes-models/${apiVersion}`}/${kind}`;
			return `import type { I${kind} as I${index} } from '${place}';\nexport const it${index}: I${index} = ${JSON.stringify(manifest)};`;
		});
		writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
		const compilerOptions = {
			strict: true,
			noEmit: true,
			skipLibCheck: true,
			module: 'nodenext',
			target: 'es2024',
			types: [],
			paths: {
				'kubernetes-models/*': [`${MODULES}/kubernetes-models/*`],
				'@kubernetes-models/*': [`${MODULES}/@kubernetes-models/*`],
			},
		};
		writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
		execFileSync(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' });
		return [];
	} catch (error) {
		const { stdout } = error as { stdout?: Buffer };
		if (stdout === undefined) throw error;
		return stdout
			.toString()
			.split('\n')
			.filter((line) => line.includes('error TS'))
			.map((line) => {
				const index = (Number(/\((\d+),/.exec(line)?.[1]) - 2) / 2;
				return `${manifests[index]?.kind} ${manifests[index]?.metadata.name}: ${line.replace(/^.*error TS\d+: /, '')}`;
			});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
