import type { People } from '../../state/people.ts';
import type { Login } from '../../state/people-api.ts';
import { ago } from '../../text/ago.ts';
import { labelOf } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';

/** Logins are where one is logged in on the page, with the way to log out there, or everywhere. */
export function Logins({ people }: { readonly people: People }) {
	const action = useAction();
	const logins = people.logins.value.value;
	if (logins === undefined || logins.length === 0) return null;
	return (
		<section class="panel" aria-labelledby="logins">
			<h2 id="logins">Where you are logged in</h2>
			<p class="muted">Browsers that show this page in your name. End those that you do not know.</p>
			<ul class="rows" aria-label="Your logins">
				{logins.map((login) => (
					<LoginRow key={login.id} people={people} login={login} />
				))}
			</ul>
			<div class="panel-end">
				<ConfirmButton
					label="Log out everywhere"
					question="Log out everywhere? This browser too; you get in again by a new link."
					yes="Log out everywhere"
					disabled={action.busy.value}
					onYes={() => action.run(() => people.api.endLogins().then(() => people.logins.refresh()))}
				>
					Log out everywhere
				</ConfirmButton>
				{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			</div>
		</section>
	);
}

function LoginRow({ people, login }: { readonly people: People; readonly login: Login }) {
	const action = useAction();
	const now = Date.now();
	const name = login.current ? 'This browser' : originOf(login);
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">{name}</p>
				<p class="row-meta">
					{login.current ? `${originOf(login)} · ` : `last used ${ago(login.usedAt, now)} · `}made{' '}
					{ago(login.madeAt, now)}
				</p>
			</div>
			{!login.current && (
				<div class="row-actions">
					<ConfirmButton
						label={`End the login: ${name}, made ${ago(login.madeAt, now)}`}
						question="End this login? Whoever uses it is logged out at once."
						yes="End it"
						disabled={action.busy.value}
						onYes={() => action.run(() => people.act(() => people.api.endLogin(login.id), 'Ended the login.'))}
					>
						End
					</ConfirmButton>
				</div>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}

function originOf({ from, token }: Login): string {
	if (token !== undefined) return `By the token “${token}”`;
	if (from === undefined) return 'By a login link';
	if (from === 'server') return 'By the link that the server showed at its start';
	if (from === 'token') return 'By the server’s own token';
	if (from === 'page' || from === 'web') return 'By a link from this page';
	return `By a link from ${labelOf(from)}`;
}
