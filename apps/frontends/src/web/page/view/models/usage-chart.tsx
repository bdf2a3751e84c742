import { formatCost } from '@errand/core/domain/amounts.ts';
import type { Bar } from '../../fold/bars.ts';

const HEIGHT = 120;
const WIDTH = 700;

/** UsageChart draws a bar for each day; what a bar says stands in words with it. */
export function UsageChart({ bars, inMoney }: { readonly bars: readonly Bar[]; readonly inMoney: boolean }) {
	const step = WIDTH / Math.max(1, bars.length);
	const words = ({ day, value }: Bar) =>
		`${day}: ${formatCost(inMoney ? { tokens: 0, microUsd: value } : { tokens: value, microUsd: 0 }) || 'nothing'}`;
	return (
		<figure class="usage-chart">
			<svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary(bars, words)}>
				<line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
				{bars.map((bar, index) => {
					const height = bar.value === 0 ? 0 : Math.max(2, bar.share * (HEIGHT - 4));
					return (
						<rect key={bar.day} x={index * step + step * 0.14} y={HEIGHT - height} width={step * 0.72} height={height}>
							<title>{words(bar)}</title>
						</rect>
					);
				})}
			</svg>
			<figcaption>
				<span>{dayWords(bars[0]?.day)}</span>
				<span>{dayWords(bars.at(-1)?.day)}</span>
			</figcaption>
		</figure>
	);
}

function summary(bars: readonly Bar[], words: (bar: Bar) => string): string {
	const used = bars.filter(({ value }) => value > 0);
	return used.length === 0 ? 'Nothing in these days' : `By day. ${used.map(words).join('; ')}`;
}

function dayWords(day: string | undefined): string {
	if (day === undefined) return '';
	return new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
