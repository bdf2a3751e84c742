import type { Json } from '../../../domain/json.ts';
import { isReference } from '../../../domain/task/references.ts';
import type { Clause } from '../goal.ts';
import { ask, type Pattern } from '../pattern.ts';
import type { PlanDraft } from '../plan-draft.ts';
import { compare } from './compare.ts';

const SAVES =
	/^(?:save|store|write|put|export) (?:it|this|that|them|all|everything|the [\w -]{1,40}?|a copy)? ?(?:as|to|into|in) (?:a |the )?(?:file )?(?:called |named )?["“]?([\w][\w.-]{0,80}\.[a-z0-9]{1,5})["”]?(?:[\s.!]|$)/i;

/** save: "… and save it as notes.md": a file in the task's workspace, with what the step before it wrote. */
export const save: Pattern = {
	name: 'save',
	needs: ['files.write'],
	asks: ({ text }) => SAVES.test(text),
	add: (clause, draft) => {
		const path = SAVES.exec(clause.text)?.[1] ?? 'result.md';
		// What is kept of a comparison is the report on it.
		compare.finish?.(draft);
		const content = contentFor(clause, draft);
		if (content === undefined) return ask(`What should I save as ${path}? Send a link, a file or the text.`);
		draft.addAside({ id: 'save', title: `Save ${path}`, capability: 'files.write', input: { path, content } });
		return { kind: 'steps', note: `save it as ${path}` };
	},
};

function contentFor(clause: Clause, draft: PlanDraft): Json | undefined {
	if (draft.last !== undefined) return { $from: `${draft.last.stepId}.text` };
	const [material] = draft.materialsOf(clause);
	if (material === undefined) return undefined;
	if (material.kind === 'text') return material.text;
	const [document] = draft.documents([material], true);
	return document !== undefined && isReference(document) ? { $from: `${document.$from}.markdown` } : undefined;
}
