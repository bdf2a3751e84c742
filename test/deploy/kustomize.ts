import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Manifest is a Kubernetes object as it is written. */
export interface Manifest {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
	// What it says is for the schemas to judge.
	// biome-ignore lint/suspicious/noExplicitAny: any shape there is
	readonly [field: string]: any;
}
type Labels = Readonly<Record<string, string>>;

interface Kustomization {
	readonly apiVersion: string;
	readonly kind: 'Kustomization' | 'Component';
	readonly namespace?: string;
	readonly resources?: readonly string[];
	readonly components?: readonly string[];
	readonly patches?: readonly { readonly path: string }[];
	readonly configMapGenerator?: readonly {
		readonly name: string;
		readonly envs?: readonly string[];
		readonly files?: readonly string[];
	}[];
	readonly labels?: readonly { readonly pairs: Labels; readonly includeTemplates?: boolean }[];
	readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
}

const KNOWN = [
	...[
		'apiVersion',
		'kind',
		'namespace',
		'resources',
		'components',
		'patches',
		'configMapGenerator',
		'labels',
		'images',
	],
];

/** readManifests reads all documents of a YAML file, merge keys and anchors resolved; throws where it is not sound. */
export function readManifests(path: string): readonly Manifest[] {
	return parseAllDocuments(readFileSync(path, 'utf8'), { merge: true, strict: true, uniqueKeys: true })
		.map((document) => {
			const [fault] = [...document.errors, ...document.warnings];
			if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
			return document.toJS() as Manifest | null;
		})
		.filter((manifest) => manifest !== null);
}

/** buildKustomization does what `kubectl kustomize` does with the parts of it that are used here; it throws on others. */
export function buildKustomization(folder: string, before: readonly Manifest[] = []): readonly Manifest[] {
	const file = join(folder, 'kustomization.yaml');
	const it = parse(readFileSync(file, 'utf8')) as Kustomization;
	const unknown = Object.keys(it).filter((key) => !KNOWN.includes(key));
	if (unknown.length > 0) throw new Error(`${file} uses ${unknown.join(', ')}`);
	let built: readonly Manifest[] = [
		...before,
		...(it.resources ?? []).flatMap((path) =>
			path.endsWith('.yaml') ? readManifests(inside(folder, path)) : buildKustomization(join(folder, path)),
		),
		...(it.configMapGenerator ?? []).map((one) => configMap(folder, one)),
	];
	for (const path of it.components ?? []) built = buildKustomization(join(folder, path), built);
	for (const { path } of it.patches ?? []) {
		for (const patch of readManifests(inside(folder, path))) built = patched(built, patch);
	}
	for (const { pairs, includeTemplates } of it.labels ?? []) {
		built = built.map((one) => labelled(one, pairs, includeTemplates === true));
	}
	for (const { name, newName, newTag } of it.images ?? []) {
		built = JSON.parse(JSON.stringify(built).replaceAll(`"image":"${name}"`, `"image":"${newName}:${newTag}"`));
	}
	const { namespace } = it;
	if (namespace === undefined) return built;
	return built.map((one) => ({ ...one, metadata: { ...one.metadata, namespace } }));
}

/** Files outside of a kustomization's own folder are refused. */
function inside(folder: string, path: string): string {
	const file = resolve(folder, path);
	if (relative(folder, file).startsWith('..')) throw new Error(`${folder} may not use ${path}`);
	return file;
}

function configMap(folder: string, from: NonNullable<Kustomization['configMapGenerator']>[number]): Manifest {
	const pairs = (from.envs ?? []).flatMap((path) =>
		readFileSync(inside(folder, path), 'utf8')
			.split('\n')
			.filter((line) => line.trim() !== '' && !line.startsWith('#'))
			.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
	);
	const files = (from.files ?? []).map((path) => [path, readFileSync(inside(folder, path), 'utf8')] as const);
	const data = Object.fromEntries([...pairs, ...files]);
	return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: from.name }, data };
}

function labelled(one: Manifest, pairs: Labels, includeTemplates: boolean): Manifest {
	const metadata = { ...one.metadata, labels: { ...one.metadata.labels, ...pairs } };
	const template = one['spec']?.template;
	if (!includeTemplates || template === undefined) return { ...one, metadata };
	const inner = { ...template.metadata, labels: { ...template.metadata.labels, ...pairs } };
	return { ...one, metadata, spec: { ...one['spec'], template: { ...template, metadata: inner } } };
}

function patched(all: readonly Manifest[], patch: Manifest): readonly Manifest[] {
	const isMeant = ({ kind, metadata }: Manifest) => kind === patch.kind && metadata.name === patch.metadata.name;
	if (!all.some(isMeant)) throw new Error(`A patch is for ${patch.kind} ${patch.metadata.name}, which is not there`);
	return all.map((one) => (isMeant(one) ? (merged(one, patch) as Manifest) : one));
}

/** Strategic merge: lists of named things by name, null takes away. */
function merged(base: unknown, patch: unknown): unknown {
	if (Array.isArray(base) && Array.isArray(patch) && patch.every(isNamed)) {
		const names = new Set(base.map((one: { name: string }) => one.name));
		return [
			...base.map((one: { name: string }) =>
				merged(one, patch.find(({ name }: { name: string }) => name === one.name) ?? {}),
			),
			...patch.filter(({ name }: { name: string }) => !names.has(name)),
		];
	}
	if (!isRecord(base) || !isRecord(patch)) return patch;
	const result: Record<string, unknown> = { ...base };
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete result[key];
		else result[key] = merged(result[key], value);
	}
	return result;
}

function isNamed(value: unknown): value is { name: string } {
	return isRecord(value) && typeof value['name'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** KUBERNETES is the folder of the manifests. */
export const KUBERNETES = join(dirname(dirname(import.meta.dirname)), 'deploy/kubernetes');
