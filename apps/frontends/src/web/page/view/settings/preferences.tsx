import type { PersonView } from '@errand/core/domain/person/person-view.ts';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { faultOf, formOf, notifyChoices, type PreferencesForm, preferencesOf } from '../../fold/preferences.ts';
import type { People } from '../../state/people.ts';
import { PLATFORMS, type PlatformName } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** PreferencesSection says where and when somebody wants to be told. */
export function PreferencesSection({ people, me }: { readonly people: People; readonly me: PersonView }) {
	const action = useAction();
	const typed = useSignal<PreferencesForm | undefined>(undefined);
	const saved = formOf(me.preferences, here);
	const form = typed.value ?? saved;
	const change = (changes: Partial<PreferencesForm>) => {
		typed.value = { ...form, ...changes };
	};
	const changed = JSON.stringify(form) !== JSON.stringify(saved);
	const fault = faultOf(form);
	const choices = notifyChoices(me);
	const save = async () => {
		await people.act(() => people.api.setPreferences(preferencesOf(form)), 'Saved where you are told.');
		typed.value = undefined;
	};
	return (
		<section class="panel" aria-labelledby="preferences">
			<h2 id="preferences">Where and when you are told</h2>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					if (fault === undefined) action.run(save);
				}}
			>
				<p class="muted">Errand asks and answers where you gave a task. It can tell you elsewhere as well.</p>
				<div class="fields">
					<Where
						label="Questions also on"
						value={form.questions}
						choices={choices}
						onChange={(questions) => change({ questions })}
					/>
					<Where
						label="Answers also on"
						value={form.answers}
						choices={choices}
						onChange={(answers) => change({ answers })}
					/>
				</div>
				<label class="field field-wide">
					<span>Your time zone: times you write are meant there</span>
					<input
						type="text"
						list="time-zones"
						autocomplete="off"
						placeholder={`not said (this browser: ${here})`}
						value={form.home}
						onInput={(event) => change({ home: event.currentTarget.value })}
					/>
				</label>
				<QuietHours form={form} change={change} />
				<TimeZones />
				{changed && fault !== undefined && <p class="field-fault">{fault}</p>}
				<div class="button-row">
					<button
						type="submit"
						class="button main-button"
						disabled={!changed || fault !== undefined || action.busy.value}
					>
						Save
					</button>
					{changed && (
						<button
							type="button"
							class="quiet-button"
							onClick={() => {
								typed.value = undefined;
							}}
						>
							Undo
						</button>
					)}
				</div>
				{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			</form>
		</section>
	);
}

function Where({
	label,
	value,
	choices,
	onChange,
}: {
	readonly label: string;
	readonly value: string;
	readonly choices: readonly PlatformName[];
	readonly onChange: (value: string) => void;
}) {
	return (
		<label class="field">
			<span>{label}</span>
			<select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
				<option value="">nowhere else</option>
				{choices.map((name) => (
					<option key={name} value={name}>
						{PLATFORMS[name]}
					</option>
				))}
			</select>
		</label>
	);
}

function QuietHours({
	form,
	change,
}: {
	readonly form: PreferencesForm;
	readonly change: (changes: Partial<PreferencesForm>) => void;
}) {
	return (
		<fieldset class="quiet">
			<legend>
				<label class="check">
					<input
						type="checkbox"
						checked={form.quiet}
						onChange={(event) => change({ quiet: event.currentTarget.checked })}
					/>
					Quiet hours: nothing that makes a phone ring
				</label>
			</legend>
			{form.quiet && (
				<div class="fields">
					<label class="field">
						<span>from</span>
						<input
							type="time"
							required
							value={form.from}
							onInput={(event) => change({ from: event.currentTarget.value })}
						/>
					</label>
					<label class="field">
						<span>to</span>
						<input
							type="time"
							required
							value={form.to}
							onInput={(event) => change({ to: event.currentTarget.value })}
						/>
					</label>
					<label class="field field-wide">
						<span>time zone</span>
						<input
							type="text"
							list="time-zones"
							autocomplete="off"
							value={form.timeZone}
							onInput={(event) => change({ timeZone: event.currentTarget.value })}
						/>
					</label>
				</div>
			)}
		</fieldset>
	);
}

function TimeZones() {
	const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
	return (
		<datalist id="time-zones">
			{zones.map((zone) => (
				<option key={zone} value={zone} />
			))}
		</datalist>
	);
}
