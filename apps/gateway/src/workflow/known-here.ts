import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FLOW_CAPABILITIES } from '@errand/core/planning/flow-capabilities.ts';
import { checkShape } from '@errand/core/planning/workflow/check-shape.ts';
import type { Known } from '@errand/core/planning/workflow/workflow-problems.ts';
import { readYaml } from '@errand/core/planning/workflow/yaml/read-yaml.ts';
import { catalogue } from '@errand/workers/catalogue.ts';

/** Workflows that come with Errand. */
const SHIPPED = join(import.meta.dirname, '../../../../workflows');
const MAX_FILES = 500;

/** knownHere is what a file can be checked against without a server: the capabilities that ship with Errand, and the workflows beside the file. */
export async function knownHere(file: string): Promise<Known> {
	const found = await Promise.all([dirname(file), SHIPPED].map(workflowsIn));
	const byName = new Map(
		found
			.flat()
			.toReversed()
			.map((definition) => [definition.name, definition]),
	);
	return { catalogue: [...FLOW_CAPABILITIES, ...catalogue], library: (name) => byName.get(name) };
}

async function workflowsIn(folder: string) {
	const names = await readdir(folder).catch(() => []);
	const files = names.filter((name) => /\.ya?ml$/i.test(name)).slice(0, MAX_FILES);
	const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
	return texts.flatMap((text) => {
		const read = readYaml(text);
		const checked = read.ok ? checkShape(read.value) : undefined;
		return checked?.ok === true ? [checked.definition] : [];
	});
}
