import type { LinkedIdentity, PersonView } from '@errand/core/domain/person/person-view.ts';
import type { People } from '../../state/people.ts';
import { ago } from '../../text/ago.ts';
import { platformOf } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { LinkAccount } from './link-account.tsx';
import { PlatformIcon } from './platform-icon.tsx';

/** Accounts are one's own accounts on other frontends. */
export function Accounts({ people, me }: { readonly people: People; readonly me: PersonView }) {
	return (
		<section class="panel" aria-labelledby="accounts">
			<h2 id="accounts">
				You{me.name === undefined ? '' : `, ${me.name}`} <span class="badge">{me.role}</span>
			</h2>
			{me.identities.length === 0 ? (
				<p class="muted">No accounts are linked yet, so Errand knows you on this page only.</p>
			) : (
				<ul class="rows" aria-label="Your accounts">
					{me.identities.map((account) => (
						<Account key={account.identity} people={people} person="me" account={account} whose="" />
					))}
				</ul>
			)}
			<LinkAccount people={people} />
		</section>
	);
}

/** Account is an account of somebody, with the way to take it off them; `person` is `me` for one's own. */
export function Account({
	people,
	person,
	account,
	whose,
}: {
	readonly people: People;
	readonly person: string;
	readonly account: LinkedIdentity;
	/** For labels: empty for one's own. */
	readonly whose: string;
}) {
	const action = useAction();
	const { name: platform, label, who } = platformOf(account.identity);
	const named = `${label} ${account.name ?? who}`;
	const fixed = account.linkedAt === undefined;
	return (
		<li class="row">
			<PlatformIcon name={platform} />
			<div class="row-words">
				<p class="row-name">
					{label} {account.name !== undefined && <span>· {account.name}</span>}
				</p>
				<p class="row-meta">
					{who} · {fixed ? 'set by ERRAND_OWNERS' : `linked ${ago(account.linkedAt ?? 0, Date.now())}`}
				</p>
			</div>
			{!fixed && (
				<div class="row-actions">
					<ConfirmButton
						label={`Revoke ${named}${whose}`}
						question={`Revoke ${named}? Messages from it are then a stranger’s.`}
						yes="Revoke"
						disabled={action.busy.value}
						onYes={() =>
							action.run(() =>
								people.act(() => people.api.revokeAccount(person, account.identity), `Revoked ${named}.`),
							)
						}
					>
						Revoke
					</ConfirmButton>
				</div>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}
