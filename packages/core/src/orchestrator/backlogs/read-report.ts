import { z } from 'zod';
import type { ComplexityReport } from '../../domain/backlog/item.ts';

const count = z.coerce.number().int().min(0).catch(0);
const words = z.string().catch('');

const Meta = z.object({
	generatedAt: words,
	tasksAnalyzed: count,
	totalTasks: count,
	analysisCount: count,
	thresholdScore: z.coerce.number().min(1).max(10).catch(5),
	projectName: words,
	usedResearch: z.boolean().catch(false),
});

const Report = z.object({
	meta: z.preprocess((value) => value ?? {}, Meta),
	complexityAnalysis: z.array(
		z.object({
			taskId: z.coerce.number().int().min(1),
			taskTitle: words,
			complexityScore: z.coerce.number().min(1).max(10),
			recommendedSubtasks: count,
			expansionPrompt: words,
			reasoning: words,
		}),
	),
});

/** readReport reads a complexity report that another program wrote; undefined for anything else. */
export function readReport(text: string): ComplexityReport | undefined {
	try {
		return Report.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}
