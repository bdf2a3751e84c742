import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import { checkWorkflowInput } from './check-workflow-input.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { editWorkflow } from './edit-workflow.ts';
import { readWorkflow } from './read-workflow.ts';
import { rememberedCompile } from './remembered-compile.ts';
import { workflowGraph } from './workflow-graph.ts';
import { workflowJsonSchema } from './workflow-json-schema.ts';
import { workflowProblems } from './workflow-problems.ts';
import { writeWorkflow } from './write-workflow.ts';
import { locateProblems } from './yaml/locate-problems.ts';

/** workflowLanguage is the language of workflows: YAML with expressions in CEL. Import it when it is first needed: it brings its libraries. */
export const workflowLanguage: IWorkflowLanguage = {
	read: readWorkflow,
	write: writeWorkflow,
	edit: editWorkflow,
	problems: workflowProblems,
	locate: locateProblems,
	checkInput: (definition, input) => checkWorkflowInput(definition, input),
	...rememberedCompile(compileWorkflow),
	graph: workflowGraph,
	schema: workflowJsonSchema,
};
