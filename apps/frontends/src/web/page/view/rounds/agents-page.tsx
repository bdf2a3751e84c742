import type { AgentMessage } from '@errand/core/domain/agent/message.ts';
import type { AgentView } from '@errand/core/orchestrator/desks/agents.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { createFresh } from '../../state/fresh.ts';
import { useStores } from '../../state/stores.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { SkillsPanel } from './skills-panel.tsx';

const EVERY_MS = 5_000;

/** AgentsPage lists the agents that messages can go to, what waits for them, and what was given up. */
export function AgentsPage() {
	const { ask } = useStores().api;
	const fresh = useMemo(
		() => createFresh(async () => (await ask<{ agents: readonly AgentView[] }>('GET', '/v1/agents')).agents, EVERY_MS),
		[ask],
	);
	useEffect(() => fresh.watch(), [fresh]);
	const agents = fresh.value.value;
	return (
		<>
			<header class="settings-head">
				<h1>Agents & skills</h1>
				<p class="muted">Programs that exchange durable messages through Errand, and instructions it works by.</p>
			</header>
			{fresh.problem.value !== undefined && <ProblemNote problem={fresh.problem.value} />}
			<section class="panel" aria-labelledby="agents">
				<h2 id="agents">Agents</h2>
				{agents === undefined && <p class="muted">Loading…</p>}
				{agents?.length === 0 && (
					<p class="muted">None yet. One registers itself with POST /v1/agents; docs/agents.md says how.</p>
				)}
				<ul class="rows" aria-label="Agents">
					{agents?.map((agent) => (
						<Row key={agent.name} agent={agent} onChange={fresh.refresh} />
					))}
				</ul>
			</section>
			<SkillsPanel />
		</>
	);
}

const REACH_WORDS = {
	pull: 'fetches its messages',
	workflow: 'a workflow runs for each message',
	webhook: 'messages are posted to it',
	a2a: 'elsewhere, over A2A',
} as const;

function Row({ agent, onChange }: { readonly agent: AgentView; readonly onChange: () => Promise<void> }) {
	const { ask } = useStores().api;
	const action = useAction();
	const now = useNow(true).value;
	const open = useSignal(false);
	const { name, description, skills, topics, reach, waiting, deadLetters, lastSeenAt } = agent;
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">{name}</p>
				<p>{description}</p>
				<p class="row-meta">
					{REACH_WORDS[reach.kind]} · {counted(waiting, 'message')} waiting
					{lastSeenAt !== undefined && ` · seen ${ago(lastSeenAt, now)}`}
					{topics.length > 0 && ` · topics ${topics.join(', ')}`}
				</p>
				{skills.length > 0 && (
					<p class="agent-facts">
						{skills.map((skill) => (
							<span key={skill.id} class="badge" title={skill.description}>
								{skill.name}
							</span>
						))}
					</p>
				)}
			</div>
			<div class="row-actions">
				{deadLetters > 0 && (
					<button
						type="button"
						class="button small-button"
						aria-expanded={open.value}
						onClick={() => {
							open.value = !open.value;
						}}
					>
						{counted(deadLetters, 'dead letter')}
					</button>
				)}
				<ConfirmButton
					label={`Take out ${name}`}
					question={`Take “${name}” out of the registry, with what waits for it?`}
					yes="Take out"
					disabled={action.busy.value}
					onYes={() => action.run(() => ask('DELETE', `/v1/agents/${encodeURIComponent(name)}`).then(onChange))}
				>
					Take out…
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{open.value && <Letters agent={name} onChange={onChange} />}
		</li>
	);
}

interface Letter {
	readonly message: AgentMessage;
	readonly reason: string;
	readonly at: number;
}

function Letters({ agent, onChange }: { readonly agent: string; readonly onChange: () => Promise<void> }) {
	const { ask } = useStores().api;
	const action = useAction();
	const now = useNow(true).value;
	const path = `/v1/agents/${encodeURIComponent(agent)}/dead-letters`;
	const fresh = useMemo(
		() => createFresh(async () => (await ask<{ deadLetters: readonly Letter[] }>('GET', path)).deadLetters, EVERY_MS),
		[ask, path],
	);
	useEffect(() => fresh.watch(), [fresh]);
	const replay = (id: string) =>
		action.run(async () => {
			await ask('POST', `${path}/${encodeURIComponent(id)}/replay`);
			await Promise.all([fresh.refresh(), onChange()]);
		});
	return (
		<section class="letter" aria-label={`Dead letters of ${agent}`}>
			<ul class="rows">
				{fresh.value.value?.map(({ message, reason, at }) => (
					<li key={`${message.source}/${message.id}`} class="row">
						<div class="row-words">
							<p class="row-name">
								{message.type} from {message.source}
							</p>
							<p class="row-message">{reason}</p>
							<p class="row-meta">{ago(at, now)}</p>
							<pre>{JSON.stringify(message.payload, null, 2)}</pre>
						</div>
						<button
							type="button"
							class="button small-button main-button"
							disabled={action.busy.value}
							onClick={() => replay(`${message.source}/${message.id}`)}
						>
							Deliver again
						</button>
					</li>
				))}
			</ul>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
