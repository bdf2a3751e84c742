import { formatCost } from '@errand/core/domain/amounts.ts';
import type { Spending } from '@errand/core/ports/model-ledger.ts';
import { useEffect } from 'preact/hooks';
import { dailyBars } from '../../fold/bars.ts';
import type { Models, UsageBy, UsageShown } from '../../state/models.ts';
import { taskAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useNow } from '../clock.ts';
import { UsageChart } from './usage-chart.tsx';
import '../../style/switch.css';

const WAYS: Readonly<Record<UsageBy, string>> = { model: 'Model', purpose: 'Purpose', task: 'Task', person: 'Person' };
const MOST_ROWS = 50;

/** UsageSection shows what was spent: day by day, and by model, purpose, task or person. */
export function UsageSection({
	models,
	usage,
	isOwner,
}: {
	readonly models: Models;
	readonly usage: UsageShown;
	readonly isOwner: boolean;
}) {
	const days = models.days.value;
	const by = models.by.value;
	useEffect(() => void models.usage.refresh(), [models, days, by]);
	const total = usage.daily.reduce(add, NOTHING);
	// Money where there is any; models of one's own cost tokens only.
	const inMoney = total.microUsd > 0;
	const bars = dailyBars(
		usage.daily.map((day) => ({ key: day.key, value: inMoney ? day.microUsd : tokensOf(day) })),
		usage.from,
		usage.to,
	);
	const cost = formatCost({ tokens: tokensOf(total), microUsd: total.microUsd });
	return (
		<section class="panel" aria-labelledby="usage">
			<div class="usage-head">
				<h2 id="usage">Usage</h2>
				<label class="field">
					<span class="only-heard">Days shown</span>
					<select
						value={String(days)}
						onChange={(event) => {
							models.days.value = Number(event.currentTarget.value);
						}}
					>
						<option value="7">7 days</option>
						<option value="30">30 days</option>
						<option value="90">90 days</option>
					</select>
				</label>
			</div>
			<p class="usage-total">
				{cost === '' ? 'Nothing was used.' : cost} <span class="muted">{counted(total.calls, 'call')}</span>
			</p>
			<UsageChart bars={bars} inMoney={inMoney} />
			<fieldset class="switch">
				<legend class="only-heard">Added up by</legend>
				{(Object.keys(WAYS) as UsageBy[])
					.filter((way) => isOwner || way !== 'person')
					.map((way) => (
						<button
							key={way}
							type="button"
							aria-pressed={by === way}
							onClick={() => {
								models.by.value = way;
							}}
						>
							{WAYS[way]}
						</button>
					))}
			</fieldset>
			<Sums usage={usage} />
			<Calls usage={usage} />
		</section>
	);
}

function Sums({ usage: { by, sums } }: { readonly usage: UsageShown }) {
	if (sums.length === 0) return <p class="muted usage-none">No call in these days.</p>;
	return (
		<div class="wide-table">
			<table class="figures">
				<thead>
					<tr>
						<th scope="col">{WAYS[by]}</th>
						<th scope="col">Calls</th>
						<th scope="col">In</th>
						<th scope="col">Out</th>
						<th scope="col">Cost</th>
					</tr>
				</thead>
				<tbody>
					{sums.slice(0, MOST_ROWS).map((sum) => (
						<tr key={sum.key}>
							<th scope="row">
								{by === 'task' && sum.key !== '' ? <a href={taskAddress(sum.key)}>{sum.key}</a> : sum.key || 'none'}
							</th>
							<td>{sum.calls}</td>
							<td>{sum.inputTokens.toLocaleString('en-US')}</td>
							<td>{sum.outputTokens.toLocaleString('en-US')}</td>
							<td>{sum.microUsd === 0 ? '–' : formatCost({ tokens: 0, microUsd: sum.microUsd })}</td>
						</tr>
					))}
				</tbody>
			</table>
			{sums.length > MOST_ROWS && <p class="muted">and {sums.length - MOST_ROWS} more</p>}
		</div>
	);
}

function Calls({ usage: { calls } }: { readonly usage: UsageShown }) {
	const now = useNow(true).value;
	if (calls.length === 0) return null;
	return (
		<details class="calls">
			<summary>Latest calls</summary>
			<ul class="rows">
				{calls.map((call) => (
					<li class="row" key={call.id}>
						<div class="row-words">
							<p>
								<code class="code">{`${call.provider}/${call.model}`}</code> {call.purpose}
								{call.outcome !== 'ok' && (
									<span class={call.outcome === 'cached' ? 'badge' : 'badge badge-bad'}>{call.outcome}</span>
								)}
							</p>
							<p class="row-meta">
								{ago(call.at, now)} · {call.reason}
								{call.taskId !== undefined && (
									<>
										{' · '}
										<a href={taskAddress(call.taskId)}>its task</a>
									</>
								)}
							</p>
						</div>
						<span class="row-meta">
							{formatCost({ tokens: call.inputTokens + call.outputTokens, microUsd: call.microUsd })}
						</span>
					</li>
				))}
			</ul>
		</details>
	);
}

const NOTHING: Spending = { key: '', calls: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, microUsd: 0 };
const tokensOf = ({ inputTokens, outputTokens }: Spending) => inputTokens + outputTokens;

function add(one: Spending, other: Spending): Spending {
	return {
		key: '',
		calls: one.calls + other.calls,
		inputTokens: one.inputTokens + other.inputTokens,
		cachedTokens: one.cachedTokens + other.cachedTokens,
		outputTokens: one.outputTokens + other.outputTokens,
		microUsd: one.microUsd + other.microUsd,
	};
}
