import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Problem, problemOf } from '../state/problem.ts';
import { useStores } from '../state/stores.ts';
import { Icon } from './icon.tsx';
import { ProblemNote } from './problem-note.tsx';

/** Login lets somebody in by the code of a login link, or says how to get one. */
export function Login({ code }: { readonly code: string | undefined }) {
	const { login, router } = useStores();
	const busy = useSignal(code !== undefined);
	const problem = useSignal<Problem | undefined>(undefined);
	const typed = useSignal('');

	const enter = async (secret: string) => {
		busy.value = true;
		problem.value = undefined;
		try {
			await login(secret);
			router.go('/');
		} catch (error) {
			problem.value = problemOf(error);
			// A code works once: after a refusal it is of no more use in the address.
			if (code !== undefined) history.replaceState(null, '', '/login');
		} finally {
			busy.value = false;
		}
	};
	useEffect(() => {
		if (code !== undefined) void enter(code);
	}, [code]);

	return (
		<main class="login">
			<h1>
				<Icon name="brand" />
				Errand
			</h1>
			{busy.value ? (
				<p role="status">Logging in…</p>
			) : (
				<>
					<p>You are not logged in on this browser.</p>
					<p>
						The server prints a login link when it starts; open it here. Each link works once: restart the server for a
						new one, or paste the code of a link or your token below.
					</p>
					<form
						onSubmit={(event) => {
							event.preventDefault();
							const secret = codeOf(typed.value);
							if (secret !== '') void enter(secret);
						}}
					>
						<label for="login-code">Login link, code or token</label>
						<div class="field-row">
							<input
								id="login-code"
								type="password"
								autocomplete="current-password"
								value={typed.value}
								onInput={(event) => {
									typed.value = event.currentTarget.value;
								}}
							/>
							<button type="submit" class="button main-button">
								Log in
							</button>
						</div>
					</form>
				</>
			)}
			{problem.value !== undefined && <ProblemNote problem={problem.value} />}
		</main>
	);
}

/** People paste the whole link as often as its code. */
function codeOf(text: string): string {
	const trimmed = text.trim();
	const inLink = /#code=([^&\s]+)/.exec(trimmed)?.[1];
	return inLink === undefined ? trimmed : decodeURIComponent(inLink);
}
