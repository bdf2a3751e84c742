export { CoreError } from '@errand/core/domain/errors.ts';
export type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
export { defineWorkflow } from '@errand/core/workflows/define-workflow.ts';
export { type CapabilityDraft, capability } from './capability.ts';
export { type Trial, type TrialWorld, tryCapability } from './try-capability.ts';
