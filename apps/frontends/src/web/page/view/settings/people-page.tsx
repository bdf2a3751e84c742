import { useEffect } from 'preact/hooks';
import type { People } from '../../state/people.ts';
import { ProblemNote } from '../problem-note.tsx';
import { Accounts } from './accounts.tsx';
import { Everybody } from './everybody.tsx';
import { Logins } from './logins.tsx';
import { PreferencesSection } from './preferences.tsx';
import { Strangers } from './strangers.tsx';
import { Tokens } from './tokens.tsx';

/** PeoplePage shows who one is here and on other frontends; to the owner everybody else too. */
export function PeoplePage({ people }: { readonly people: People }) {
	useEffect(() => people.watch(), [people]);
	const me = people.me.value.value;
	const others = people.others.value.value;
	const problem = people.me.problem.value ?? people.others.problem.value ?? people.logins.problem.value;
	return (
		<>
			<header class="settings-head">
				<h1>People & accounts</h1>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{me === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{me !== undefined && (
				<>
					{others !== undefined && others.strangers.length > 0 && (
						<Strangers people={people} strangers={others.strangers} />
					)}
					<Accounts people={people} me={me} />
					<PreferencesSection people={people} me={me} />
					<Tokens people={people} me={me} />
					<Logins people={people} />
					{me.role === 'owner' && others !== undefined && <Everybody people={people} others={others.people} />}
				</>
			)}
			<p class="settings-done" role="status">
				{people.done.value}
			</p>
		</>
	);
}
