import type { JsonObject } from '@errand/core/domain/json.ts';
import type { ScheduleRule } from '@errand/core/domain/schedule/schedule.ts';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { membersOf } from '../../fold/workflow/schema-field.ts';
import { type Problem, problemOf } from '../../state/problem.ts';
import { useStores } from '../../state/stores.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { InputFields } from '../workflows/input-fields.tsx';
import { Choice } from './choice.tsx';
import { dueWords } from './due-words.ts';
import { ScheduleOptions, USUAL_CHOICES } from './schedule-options.tsx';

/** Somebody who types is not asked about at each letter. */
const TYPING_MS = 250;
const KINDS = { goal: 'Have something done', remind: 'Be reminded', workflow: 'Run a workflow' } as const;
type Kind = keyof typeof KINDS;

interface Preview {
	/** The words that are meant. */
	readonly of: string;
	readonly rule: ScheduleRule;
	readonly words: string;
	readonly next: readonly number[];
}

/** NewSchedule sets up a schedule in words, and shows what they mean while they are typed. */
export function NewSchedule({ onDone }: { readonly onDone: () => void }) {
	const { ask } = useStores().api;
	const action = useAction();
	const when = useSignal('');
	const kind = useSignal<Kind>('goal');
	const text = useSignal('');
	const choices = useSignal(USUAL_CHOICES);
	const workflow = useSignal('');
	const input = useSignal<JsonObject>({});
	const workflows = useSignal<readonly WorkflowSummary[]>([]);
	const preview = useSignal<Preview | Problem | undefined>(undefined);
	const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	useEffect(() => {
		const words = when.value.trim();
		if (words === '') {
			preview.value = undefined;
			return;
		}
		let gone = false;
		const later = setTimeout(() => {
			ask<Omit<Preview, 'of'>>('POST', '/v1/schedules/preview', { when: words, timeZone }).then(
				(found) => {
					if (!gone) preview.value = { ...found, of: words };
				},
				(error: unknown) => {
					if (!gone) preview.value = problemOf(error);
				},
			);
		}, TYPING_MS);
		return () => {
			gone = true;
			clearTimeout(later);
		};
	}, [when.value]);
	useEffect(() => {
		if (kind.value !== 'workflow' || workflows.value.length > 0) return;
		void ask<{ workflows: readonly WorkflowSummary[] }>('GET', '/v1/workflows').then(
			(found) => {
				workflows.value = found.workflows.filter(({ enabled }) => enabled);
				workflow.value = workflows.value[0]?.name ?? '';
			},
			() => undefined,
		);
	}, [kind.value]);
	const shown = preview.value;
	const understood = shown !== undefined && 'next' in shown;
	const chosen = workflows.value.find(({ name }) => name === workflow.value);
	const ready =
		understood &&
		shown.of === when.value.trim() &&
		(kind.value === 'workflow' ? chosen !== undefined : text.value.trim() !== '');
	const create = () =>
		action.run(async () => {
			const doing = {
				goal: { kind: 'goal', goal: text.value.trim() },
				remind: { kind: 'remind', text: text.value.trim() },
				workflow: { kind: 'workflow', name: workflow.value, input: input.value },
			}[kind.value];
			const { tell, digest, catchUp } = choices.peek();
			const told = tell === 'digest' ? { digest: digest.trim() } : tell;
			// What one run leaves is what the next compares with.
			const carry = kind.value === 'workflow' && tell !== 'each';
			const how = kind.value === 'remind' ? {} : { tell: told, carry };
			// Words are read again when they are sent: "in 20 minutes" counts from then.
			const words = when.value.trim();
			const timed = !understood || catchUp === 'once' ? words : { ...shown.rule, catchUp };
			await ask('POST', '/v1/schedules', { when: timed, timeZone, what: { do: doing, ...how } });
			when.value = '';
			text.value = '';
			onDone();
		});
	return (
		<section class="panel" aria-labelledby="new-schedule">
			<h2 id="new-schedule">New schedule</h2>
			<form
				class="schedule-form"
				onSubmit={(event) => {
					event.preventDefault();
					if (ready) create();
				}}
			>
				<label class="field field-wide">
					When
					<input
						type="text"
						placeholder="every weekday at 7"
						value={when.value}
						onInput={(event) => {
							when.value = event.currentTarget.value;
						}}
					/>
				</label>
				<div role="status">
					{understood && (
						<div class="schedule-preview">
							<strong>{shown.words}</strong>
							<ul class="schedule-next">
								{shown.next.slice(0, 4).map((due) => (
									<li key={due}>{dueWords(due, shown.rule.timeZone)}</li>
								))}
							</ul>
						</div>
					)}
					{shown !== undefined && !understood && (
						<p class="field-fault">
							{shown.message} <span class="muted">{shown.hint}</span>
						</p>
					)}
				</div>
				<Choice
					label="What"
					value={kind.value}
					options={KINDS}
					onChange={(next) => {
						kind.value = next;
					}}
				/>
				{kind.value === 'workflow' ? (
					<label class="field">
						Workflow
						<select
							value={workflow.value}
							onChange={(event) => {
								workflow.value = event.currentTarget.value;
								input.value = {};
							}}
						>
							{workflows.value.map(({ name, title }) => (
								<option key={name} value={name}>
									{title}
								</option>
							))}
						</select>
					</label>
				) : (
					<textarea
						class="text-area"
						rows={2}
						aria-label={kind.value === 'goal' ? 'What is to be done' : 'What to be reminded of'}
						placeholder={kind.value === 'goal' ? 'Summarise the news on example.org' : 'Call the plumber'}
						value={text.value}
						onInput={(event) => {
							text.value = event.currentTarget.value;
						}}
					/>
				)}
				{kind.value === 'workflow' && chosen !== undefined && membersOf(chosen.input).length > 0 && (
					<InputFields
						schema={chosen.input}
						value={input.value}
						onChange={(value) => {
							input.value = value;
						}}
					/>
				)}
				<ScheduleOptions choices={choices} tells={kind.value !== 'remind'} />
				<button type="submit" class="button main-button" disabled={action.busy.value || !ready}>
					Set it up
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
