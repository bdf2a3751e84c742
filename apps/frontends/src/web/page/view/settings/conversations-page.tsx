import { useEffect, useMemo } from 'preact/hooks';
import { createFresh } from '../../state/fresh.ts';
import type { HeldConversation, PeopleApi } from '../../state/people-api.ts';
import { conversationAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { labelOf, placeOf } from '../../text/platform.ts';
import { ProblemNote } from '../problem-note.tsx';
import { PlatformIcon } from './platform-icon.tsx';

const EVERY_MS = 10_000;

/** ConversationsPage lists one's conversations on other frontends, with what did not arrive there. */
export function ConversationsPage({ api }: { readonly api: PeopleApi }) {
	const read = useMemo(() => createFresh(() => api.conversations(), EVERY_MS), [api]);
	useEffect(() => read.watch(), [read]);
	const held = read.value.value?.toSorted((a, b) => b.lastAt - a.lastAt);
	const problem = read.problem.value;
	return (
		<>
			<header class="settings-head">
				<h1>Conversations elsewhere</h1>
				<p class="muted">What you and Errand wrote to each other on every frontend.</p>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{held === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{held?.length === 0 && (
				<p class="muted">
					None yet. Once you write to Errand on another frontend, it shows here. <a href="/#/frontends">Frontends</a>
				</p>
			)}
			{held !== undefined && held.length > 0 && (
				<section class="panel">
					<ul class="rows">
						{held.map((conversation) => (
							<Held key={conversation.id} conversation={conversation} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

function Held({ conversation }: { readonly conversation: HeldConversation }) {
	const { id, frontend, lastAt, undelivered } = conversation;
	return (
		<li class="row">
			<PlatformIcon name={frontend} />
			<div class="row-words">
				<p class="row-name">
					<a href={conversationAddress(id)}>
						{labelOf(frontend)} · {placeOf(id)}
					</a>
				</p>
				<p class="row-meta">last {ago(lastAt, Date.now())}</p>
			</div>
			{undelivered > 0 && <span class="badge badge-bad">{undelivered} undelivered</span>}
		</li>
	);
}
