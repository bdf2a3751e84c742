import type { ICapability } from '@errand/core/ports/capability.ts';
import { functionsOf, workflowsOf } from '@errand/core/workflows/code-workflow.ts';

/** capabilitiesIn finds the capabilities that a module exports, by themselves or in lists, and the functions of its workflows. */
export function capabilitiesIn(module: unknown): readonly ICapability[] {
	if (typeof module !== 'object' || module === null) return [];
	const exported = Object.values(module).flatMap((value) => (Array.isArray(value) ? value : [value]));
	const found = new Set<ICapability>([...exported.filter(isCapability), ...functionsOf(workflowsOf(module))]);
	return [...found];
}

function isCapability(value: unknown): value is ICapability {
	if (typeof value !== 'object' || value === null) return false;
	return 'name' in value && 'input' in value && 'effects' in value && 'run' in value && typeof value.run === 'function';
}
