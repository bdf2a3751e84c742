import type { ICapability } from '@errand/core/ports/capability.ts';
import { BUILT_IN_WORKFLOWS } from '@errand/core/workflows/built-in/built-in-workflows.ts';
import { functionsOf } from '@errand/core/workflows/code-workflow.ts';
import { backlogAssess } from './capabilities/backlog-assess.ts';
import { backlogDraft } from './capabilities/backlog-draft.ts';
import { backlogExpand } from './capabilities/backlog-expand.ts';
import { backlogParse } from './capabilities/backlog-parse.ts';
import { backlogResearch } from './capabilities/backlog-research.ts';
import { backlogRewrite } from './capabilities/backlog-rewrite.ts';
import { browserVisit } from './capabilities/browser-visit.ts';
import { filesList } from './capabilities/files-list.ts';
import { filesRead } from './capabilities/files-read.ts';
import { filesWrite } from './capabilities/files-write.ts';
import { humanAsk } from './capabilities/human-ask.ts';
import { modelAsk } from './capabilities/model-ask.ts';
import { modelEmbed } from './capabilities/model-embed.ts';
import { textAnalyze } from './capabilities/text-analyze.ts';
import { textAnswer } from './capabilities/text-answer.ts';
import { textCompare } from './capabilities/text-compare.ts';
import { textExtract } from './capabilities/text-extract.ts';
import { textSummarize } from './capabilities/text-summarize.ts';
import { textWrite } from './capabilities/text-write.ts';
import { valueCompute } from './capabilities/value-compute.ts';
import { webGather } from './capabilities/web-gather.ts';
import { webLinks } from './capabilities/web-links.ts';
import { webMonitor } from './capabilities/web-monitor.ts';
import { webRead } from './capabilities/web-read.ts';
import { webSearch } from './capabilities/web-search.ts';

/** catalogue lists every capability that Errand ships with. Adding one is a file and a line here. */
export const catalogue: readonly ICapability[] = [
	filesList,
	filesRead,
	filesWrite,
	humanAsk,
	webRead,
	webSearch,
	webLinks,
	webGather,
	webMonitor,
	browserVisit,
	modelAsk,
	modelEmbed,
	textAnalyze,
	textExtract,
	textCompare,
	textSummarize,
	textAnswer,
	textWrite,
	backlogAssess,
	backlogDraft,
	backlogExpand,
	backlogParse,
	backlogResearch,
	backlogRewrite,
	valueCompute,
	...functionsOf(BUILT_IN_WORKFLOWS),
];
