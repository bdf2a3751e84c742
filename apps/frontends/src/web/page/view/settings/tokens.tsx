import type { PersonView, TokenView } from '@errand/core/domain/person/person-view.ts';
import { useSignal } from '@preact/signals';
import type { People } from '../../state/people.ts';
import { ago } from '../../text/ago.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { CopyButton } from './copy-button.tsx';

/** Tokens are what programs log in with in one's name. */
export function Tokens({ people, me }: { readonly people: People; readonly me: PersonView }) {
	const action = useAction();
	const name = useSignal('');
	const made = useSignal<{ readonly name: string; readonly token: string } | undefined>(undefined);
	const make = async () => {
		const called = name.value.trim();
		await people.act(async () => {
			const { token } = await people.api.makeToken(called);
			made.value = { name: called, token };
		}, `Made the token “${called}”.`);
		name.value = '';
	};
	return (
		<section class="panel" aria-labelledby="api-tokens">
			<h2 id="api-tokens">API tokens</h2>
			<p class="muted">Programs and chat apps that speak OpenAI’s API act in your name with one. Make one for each.</p>
			{me.tokens.length > 0 && (
				<ul class="rows" aria-label="Your tokens">
					{me.tokens.map((token) => (
						<Token key={token.id} people={people} token={token} />
					))}
				</ul>
			)}
			{made.value !== undefined && (
				<section class="made-token" aria-label={`The token ${made.value.name}`}>
					<p>Copy it now: it is not shown again.</p>
					<div class="field-row">
						<input
							readOnly
							aria-label="Token"
							value={made.value.token}
							onFocus={(event) => event.currentTarget.select()}
						/>
						<CopyButton text={made.value.token} label="Copy the token" />
					</div>
					<button
						type="button"
						class="quiet-button"
						onClick={() => {
							made.value = undefined;
						}}
					>
						I have it
					</button>
				</section>
			)}
			<form
				class="panel-end"
				onSubmit={(event) => {
					event.preventDefault();
					if (name.value.trim() !== '') action.run(make);
				}}
			>
				<label for="token-name">What is it for?</label>
				<div class="field-row">
					<input
						id="token-name"
						maxLength={100}
						placeholder="Open WebUI on my laptop"
						value={name.value}
						onInput={(event) => {
							name.value = event.currentTarget.value;
						}}
					/>
					<button type="submit" class="button" disabled={action.busy.value || name.value.trim() === ''}>
						Make a token
					</button>
				</div>
				{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			</form>
		</section>
	);
}

function Token({ people, token }: { readonly people: People; readonly token: TokenView }) {
	const action = useAction();
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">{token.name}</p>
				<p class="row-meta">made {ago(token.createdAt, Date.now())}</p>
			</div>
			<div class="row-actions">
				<ConfirmButton
					label={`Revoke the token ${token.name}`}
					question={`Revoke “${token.name}”? What uses it is locked out at once.`}
					yes="Revoke"
					disabled={action.busy.value}
					onYes={() =>
						action.run(() => people.act(() => people.api.revokeToken(token.id), `Revoked the token “${token.name}”.`))
					}
				>
					Revoke
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}
