export { CoreError } from '@errand/core/domain/errors.ts';
export type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
export type { CodeWorkflow } from '@errand/core/workflows/code-workflow.ts';
export {
	and,
	type Condition,
	contains,
	eq,
	exists,
	gt,
	includes,
	lt,
	not,
	or,
	orElse,
} from '@errand/core/workflows/conditions.ts';
export { defineWorkflow } from '@errand/core/workflows/define-workflow.ts';
export { call, type Flow } from '@errand/core/workflows/flow.ts';
export type { Given, Ref } from '@errand/core/workflows/reference.ts';
export { type CapabilityDraft, capability } from './capability.ts';
export { type Trial, type TrialWorld, tryCapability } from './try-capability.ts';
