import type { CapabilityDeclaration } from '../ports/capability.ts';
import { AGENT_REQUEST } from './agents/agent-request.ts';
import { AGENT_SEND } from './agents/agent-send.ts';
import { SCHEDULE_CREATE } from './schedules/schedule-create.ts';

/** CORE_CAPABILITIES are carried out by the process that drives the task; they are part of every catalogue. */
export const CORE_CAPABILITIES: readonly CapabilityDeclaration[] = [SCHEDULE_CREATE, AGENT_SEND, AGENT_REQUEST];
