import type { SkillView } from '@errand/core/orchestrator/desks/skills.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { createFresh } from '../../state/fresh.ts';
import { useStores } from '../../state/stores.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

const EVERY_MS = 30_000;

/** SkillsPanel lists the folders of instructions, each to be read and switched on or off. */
export function SkillsPanel() {
	const { ask } = useStores().api;
	const fresh = useMemo(
		() => createFresh(async () => (await ask<{ skills: readonly SkillView[] }>('GET', '/v1/skills')).skills, EVERY_MS),
		[ask],
	);
	useEffect(() => fresh.watch(), [fresh]);
	const skills = fresh.value.value;
	// A server without skills has nothing to show here.
	if (skills === undefined && fresh.problem.value?.status === 404) return null;
	return (
		<section class="panel" aria-labelledby="skills">
			<h2 id="skills">Skills</h2>
			<p class="muted">Folders with a SKILL.md: instructions for plans and answers. They never grant a permission.</p>
			{fresh.problem.value !== undefined && <ProblemNote problem={fresh.problem.value} />}
			{skills?.length === 0 && <p class="muted panel-end">None yet.</p>}
			<ul class="rows" aria-label="Skills">
				{skills?.map((skill) => (
					<Row key={skill.name} skill={skill} onChange={fresh.refresh} />
				))}
			</ul>
		</section>
	);
}

function Row({ skill, onChange }: { readonly skill: SkillView; readonly onChange: () => Promise<void> }) {
	const { ask } = useStores().api;
	const action = useAction();
	const text = useSignal<string | undefined>(undefined);
	const { name, description, enabled, problem } = skill;
	const path = `/v1/skills/${encodeURIComponent(name)}`;
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">
					{name} {!enabled && <span class="badge">off</span>}
				</p>
				<p>{description}</p>
				{problem !== undefined && <p class="row-message">{problem}</p>}
			</div>
			<div class="row-actions">
				<button
					type="button"
					class="button small-button"
					aria-expanded={text.value !== undefined}
					disabled={action.busy.value}
					onClick={() =>
						action.run(async () => {
							text.value = text.value === undefined ? (await ask<{ text: string }>('GET', path)).text : undefined;
						})
					}
				>
					{text.value === undefined ? 'Read' : 'Hide'}
				</button>
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={() => action.run(() => ask('POST', `${path}/enabled`, { enabled: !enabled }).then(onChange))}
				>
					{enabled ? 'Switch off' : 'Switch on'}
				</button>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{text.value !== undefined && <pre class="only-row">{text.value}</pre>}
		</li>
	);
}
