import type { PersonView, Role } from '@errand/core/domain/person/person-view.ts';
import { useSignal } from '@preact/signals';
import type { People } from '../../state/people.ts';
import { platformOf } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { Account } from './accounts.tsx';
import { ConfirmButton } from './confirm-button.tsx';

const ROLES: Readonly<Record<Role, string>> = {
	owner: 'owner: may do everything',
	member: 'member: tasks of their own',
	guest: 'guest: a tenth of the budget',
};

/** Everybody else whom this server knows, for the owner. */
export function Everybody({ people, others }: { readonly people: People; readonly others: readonly PersonView[] }) {
	return (
		<section class="panel" aria-labelledby="everybody">
			<h2 id="everybody">Everybody else</h2>
			{others.length === 0 ? (
				<p class="muted">Nobody yet. Whoever writes to Errand on another frontend shows up here to be let in.</p>
			) : (
				<ul class="people">
					{others.map((person) => (
						<Other key={person.id} people={people} person={person} />
					))}
				</ul>
			)}
		</section>
	);
}

function Other({ people, person }: { readonly people: People; readonly person: PersonView }) {
	const action = useAction();
	const name = nameOf(person);
	const chosen = useSignal<Role | undefined>(undefined);
	const role = chosen.value ?? person.role;
	const setRole = async () => {
		await people.act(() => people.api.setRole(person.id, role), `${name} is ${role} now.`);
		chosen.value = undefined;
	};
	return (
		<li class="person">
			<div class="person-head">
				<h3>{name}</h3>
				<span class="badge">{person.role}</span>
			</div>
			{person.identities.length > 0 && (
				<ul class="rows" aria-label={`Accounts of ${name}`}>
					{person.identities.map((account) => (
						<Account
							key={account.identity}
							people={people}
							person={person.id}
							account={account}
							whose={` of ${name}`}
						/>
					))}
				</ul>
			)}
			<div class="person-actions">
				<label class="field">
					<span class="muted">Role</span>
					<select
						aria-label={`Role of ${name}`}
						value={role}
						onChange={(event) => {
							chosen.value = event.currentTarget.value as Role;
						}}
					>
						{Object.entries(ROLES).map(([value, words]) => (
							<option key={value} value={value}>
								{words}
							</option>
						))}
					</select>
				</label>
				{role !== person.role && (
					<button
						type="button"
						class="button small-button main-button"
						disabled={action.busy.value}
						onClick={() => action.run(setRole)}
					>
						Make {name} {role}
					</button>
				)}
				<ConfirmButton
					label={`Forget ${name}`}
					question={`Forget ${name}? What they said and what was made for them is blanked for good, and their accounts and tokens end.`}
					yes="Forget for good"
					disabled={action.busy.value}
					onYes={() => action.run(() => people.act(() => people.api.forget(person.id), `Forgot ${name}.`))}
				>
					Forget…
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}

function nameOf(person: PersonView): string {
	const first = person.identities[0];
	if (person.name !== undefined) return person.name;
	if (first === undefined) return person.id;
	const { label, who } = platformOf(first.identity);
	return first.name ?? `${label} ${who}`;
}
