import { useEffect } from 'preact/hooks';
import type { Fresh } from '../../state/fresh.ts';
import type { FrontendCheck } from '../../state/people-api.ts';
import { isPlatform, labelOf, PLATFORMS, SET_UP } from '../../text/platform.ts';
import { ProblemNote } from '../problem-note.tsx';
import { CopyButton } from './copy-button.tsx';
import { PlatformIcon } from './platform-icon.tsx';

/** FrontendsPage shows how each frontend is, and how to set up those that are not there. */
export function FrontendsPage({ checks }: { readonly checks: Fresh<Readonly<Record<string, FrontendCheck>>> }) {
	useEffect(() => checks.watch(), [checks]);
	const known = checks.value.value;
	const problem = checks.problem.value;
	return (
		<>
			<header class="settings-head">
				<h1>Frontends</h1>
				<p class="muted">Places where you and others can write to Errand.</p>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{known === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{known !== undefined && <States checks={known} />}
		</>
	);
}

function States({ checks }: { readonly checks: Readonly<Record<string, FrontendCheck>> }) {
	const frontends = Object.keys(PLATFORMS).filter((name) => Object.hasOwn(checks, name));
	const others = Object.keys(checks).filter((name) => !isPlatform(name));
	const missing = SET_UP.filter((name) => !Object.hasOwn(checks, name));
	return (
		<>
			<section class="panel" aria-labelledby="running">
				<h2 id="running">Set up</h2>
				<ul class="rows">
					{frontends.map((name) => (
						<State key={name} name={name} check={checks[name]} />
					))}
				</ul>
			</section>
			{missing.length > 0 && (
				<section class="panel" aria-labelledby="missing">
					<h2 id="missing">Not set up yet</h2>
					<p class="muted">Each command asks for what it needs, checks it and writes it down; then restart Errand.</p>
					<ul class="rows">
						{missing.map((name) => (
							<Missing key={name} name={name} />
						))}
					</ul>
				</section>
			)}
			{others.length > 0 && (
				<section class="panel" aria-labelledby="parts">
					<h2 id="parts">Other parts</h2>
					<ul class="rows">
						{others.map((name) => (
							<State key={name} name={name} check={checks[name]} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

const WORDS = {
	ready: 'ready',
	degraded: 'needs attention',
	stopped: 'stopped',
	standby: 'runs in another process',
} as const;

function State({ name, check }: { readonly name: string; readonly check: FrontendCheck | undefined }) {
	if (check === undefined) return null;
	return (
		<li class="row">
			{isPlatform(name) && <PlatformIcon name={name} />}
			<div class="row-words">
				<p class="row-name">{labelOf(name)}</p>
				<p class={`row-state state-${check.status}`}>
					<span class="state-dot" aria-hidden="true" />
					{WORDS[check.status]}
				</p>
				{check.message !== undefined && <p class="row-message">{check.message}</p>}
				{check.hint !== undefined && <p class="row-meta">{check.hint}</p>}
			</div>
		</li>
	);
}

function Missing({ name }: { readonly name: (typeof SET_UP)[number] }) {
	const command = `npm run setup-frontend ${name}`;
	return (
		<li class="row">
			<PlatformIcon name={name} />
			<div class="row-words">
				<p class="row-name">{PLATFORMS[name]}</p>
				<p class="row-meta">
					<code class="code">{command}</code>
				</p>
			</div>
			<div class="row-actions">
				<CopyButton text={command} label={`Copy the command for ${PLATFORMS[name]}`} />
			</div>
		</li>
	);
}
