import { createRequire } from 'node:module';
import type { Document, LineCounter } from 'yaml';
import { MODELS_FILE, type ModelsFile } from './models-schema.ts';
import { type Mistake, nameMistakes } from './name-mistakes.ts';

/** FoundMistake is one mistake in words, with the line it stands at. */
export interface FoundMistake extends Mistake {
	readonly line: number;
}

/** parseModelsFile reads a models file's text; `further` looks for mistakes that only the one who reads it can see. */
export function parseModelsFile(
	text: string,
	further: (file: ModelsFile) => readonly Mistake[] = () => [],
): { readonly file: ModelsFile } | { readonly mistakes: readonly FoundMistake[] } {
	const yaml = loadYaml();
	const lines = new yaml.LineCounter();
	const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
	if (document.errors.length > 0) {
		return {
			mistakes: document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, path: [], message })),
		};
	}
	const at = (mistake: Mistake): FoundMistake => ({ ...mistake, line: lineOf(document, mistake.path, lines) });
	// Aliases are resolved a few times only, so that a short file cannot grow into gigabytes.
	const parsed = MODELS_FILE.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
	if (!parsed.success) {
		const mistakes = parsed.error.issues.flatMap((issue): Mistake[] =>
			issue.code === 'unrecognized_keys'
				? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
				: [{ path: issue.path, message: issue.message }],
		);
		return { mistakes: mistakes.map(at) };
	}
	const mistakes = [...nameMistakes(parsed.data), ...further(parsed.data)];
	return mistakes.length > 0 ? { mistakes: mistakes.map(at) } : { file: parsed.data };
}

/** Most servers have no such file: what reads one is loaded with the first, and at once, because configuration is not waited for. */
function loadYaml(): typeof import('yaml') {
	return createRequire(import.meta.url)('yaml');
}

/** Where a value stands, or what should hold it. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
	const { isMap, isNode, isScalar } = loadYaml();
	for (let length = path.length; length > 0; length -= 1) {
		const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
		const key = path[length - 1];
		const pair = isMap(parent)
			? parent.items.find(({ key: other }) => isScalar(other) && String(other.value) === String(key))
			: undefined;
		const node: unknown = pair?.key ?? document.getIn(path.slice(0, length), true);
		if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
	}
	return 1;
}
