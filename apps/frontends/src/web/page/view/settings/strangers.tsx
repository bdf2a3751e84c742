import type { PairingView } from '@errand/core/domain/person/person-view.ts';
import type { People } from '../../state/people.ts';
import { ago } from '../../text/ago.ts';
import { platformOf, remaining } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { PlatformIcon } from './platform-icon.tsx';

/** Strangers are those who wrote and are not known yet: the owner lets them in or turns them away. */
export function Strangers({
	people,
	strangers,
}: {
	readonly people: People;
	readonly strangers: readonly PairingView[];
}) {
	return (
		<section class="panel panel-asking" aria-labelledby="strangers">
			<h2 id="strangers">Waiting to be let in</h2>
			<p class="muted">
				They wrote to Errand and were shown a code. Let in only whom you know, and whose code is the one they tell you.
			</p>
			<ul class="rows">
				{strangers.map((stranger) => (
					<Stranger key={stranger.code} people={people} stranger={stranger} />
				))}
			</ul>
		</section>
	);
}

function Stranger({ people, stranger }: { readonly people: People; readonly stranger: PairingView }) {
	const action = useAction();
	const now = useNow(true).value;
	const { label, who, name: platform } = platformOf(stranger.identity);
	const name = stranger.name ?? `${label} ${who}`;
	const letIn = (role: 'member' | 'guest') =>
		action.run(() => people.act(() => people.api.letIn(stranger.code, role), `Let ${name} in as ${role}.`));
	return (
		<li class="row">
			<PlatformIcon name={platform} />
			<div class="row-words">
				<p class="row-name">{name}</p>
				<p class="row-meta">
					{stranger.name !== undefined && `${label} ${who} · `}
					asked {ago(stranger.askedAt, now)} · good for {remaining(stranger.expiresAt, now)}
				</p>
				<p class="row-meta">
					Code <code class="code">{stranger.code}</code>
				</p>
			</div>
			<div class="row-actions">
				<button
					type="button"
					class="button small-button main-button"
					aria-label={`Let ${name} in as member`}
					disabled={action.busy.value}
					onClick={() => letIn('member')}
				>
					Let in as member
				</button>
				<button
					type="button"
					class="button small-button"
					aria-label={`Let ${name} in as guest`}
					disabled={action.busy.value}
					onClick={() => letIn('guest')}
				>
					As guest
				</button>
				<ConfirmButton
					label={`Refuse ${name}`}
					question={`Turn ${name} away for good?`}
					yes="Refuse"
					disabled={action.busy.value}
					onYes={() => action.run(() => people.act(() => people.api.refuse(stranger.code), `Turned ${name} away.`))}
				>
					Refuse
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}
