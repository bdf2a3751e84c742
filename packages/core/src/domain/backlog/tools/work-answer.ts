import { z } from 'zod';

/** operationFields stand in the answer of work that goes on after it. */
export const operationFields = {
	operationId: z.string().optional().describe('Pass it to operation_status.'),
	status: z.string().optional(),
	estimatedSeconds: z.number().optional(),
} as const;
