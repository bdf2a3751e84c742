import type { AnyWorkflow } from '../code-workflow.ts';
import { agentCoordination } from './agent-coordination.ts';
import { embedding } from './embedding.ts';
import { llmRequest } from './llm-request.ts';

/** BUILT_IN_WORKFLOWS ship with Errand; the function steps in them belong into its catalogue. */
export const BUILT_IN_WORKFLOWS: readonly AnyWorkflow[] = [llmRequest, embedding, agentCoordination];
