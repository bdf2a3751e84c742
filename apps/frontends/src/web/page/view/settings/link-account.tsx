import { useMemo } from 'preact/hooks';
import type { People } from '../../state/people.ts';
import { linkingWords, PLATFORMS, remaining, SET_UP } from '../../text/platform.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { CopyButton } from './copy-button.tsx';
import { PlatformIcon } from './platform-icon.tsx';

/** LinkAccount gives a code, says what to do with it on each frontend, and waits for it to be used. */
export function LinkAccount({ people }: { readonly people: People }) {
	const action = useAction();
	const link = people.link.value;
	// The page's time may be older than a code that has just come.
	const came = useMemo(() => Date.now(), [link]);
	const now = Math.max(came, useNow(link !== undefined).value);
	const start = () => action.run(() => people.startLinking());
	if (link === undefined || link.expiresAt <= now) {
		return (
			<div class="panel-end">
				{link !== undefined && <p class="muted">The code is no longer good.</p>}
				<button type="button" class="button" disabled={action.busy.value} onClick={start}>
					{link === undefined ? 'Link another account' : 'Make a new code'}
				</button>
				{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			</div>
		);
	}
	return (
		<section class="link-code" aria-label="Link another account">
			<p>
				<code class="big-code">{link.code}</code>
				<CopyButton text={link.code} label="Copy the code" />
			</p>
			<p class="muted">
				Good for <span role="timer">{remaining(link.expiresAt, now)}</span>, once. Keep it to yourself: whoever sends it
				becomes you.
			</p>
			<Instructions people={people} code={link.code} />
			<button type="button" class="quiet-button" onClick={() => people.stopLinking()}>
				Close
			</button>
		</section>
	);
}

function Instructions({ people, code }: { readonly people: People; readonly code: string }) {
	const checks = people.checks.value.value ?? {};
	const ready = SET_UP.filter((name) => Object.hasOwn(checks, name));
	if (ready.length === 0) {
		return (
			<p>
				No frontend that could be linked is set up yet: see <a href="/#/frontends">Frontends</a>.
			</p>
		);
	}
	return (
		<ul class="rows">
			{ready.map((name) => {
				const { where, write } = linkingWords(name, code);
				return (
					<li class="row" key={name}>
						<PlatformIcon name={name} />
						<div class="row-words">
							<p class="row-name">{PLATFORMS[name]}</p>
							<p class="row-meta">
								{where}: <code class="code">{write}</code>
							</p>
						</div>
						<div class="row-actions">
							<CopyButton text={write} label={`Copy what to write on ${PLATFORMS[name]}`} />
						</div>
					</li>
				);
			})}
		</ul>
	);
}
