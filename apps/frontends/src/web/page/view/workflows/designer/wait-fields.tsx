import { isJsonObject } from '@errand/core/domain/json.ts';
import { AT_BOUND, WAIT_WORDS, type WaitKind, waitKindOf, withWaitKind } from '../../../fold/workflow/wait-kinds.ts';
import { AskFields } from './ask-fields.tsx';
import { ChoiceField } from './choice-field.tsx';
import type { KindFieldsProps } from './kind-fields.tsx';
import { PlainField } from './plain-field.tsx';

const DAY_MS = 86_400_000;

/** WaitFields are what a step waits for: a time, an event or a person. */
export function WaitFields(props: KindFieldsProps) {
	const { designer, step, path } = props;
	const kind = waitKindOf(step) ?? 'time';
	const choice = (
		<ChoiceField
			label="Waits"
			value={kind}
			options={WAIT_WORDS}
			onChange={(wanted) => designer.set(path, withWaitKind(step, wanted as WaitKind, tomorrow()))}
		/>
	);
	return (
		<>
			{kind !== 'person' && choice}
			<Wanted {...props} kind={kind} />
			{kind === 'person' && choice}
		</>
	);
}

function Wanted({ kind, ...props }: KindFieldsProps & { readonly kind: WaitKind }) {
	const { designer, step, path, around } = props;
	const wait = isJsonObject(step['wait'] ?? null) ? (step['wait'] as Readonly<Record<string, never>>) : undefined;
	const field = (...keys: readonly string[]) => ({ designer, around, path: [...path, 'wait', ...keys] });
	switch (kind) {
		case 'time':
			return <PlainField {...field()} label="For how long" value={step['wait']} help="Such as 30s, 10m, 2h, 1d." />;
		case 'until':
			return (
				<PlainField
					{...field('until')}
					label="Until"
					value={wait?.['until']}
					help="A date and time, such as 2027-01-31T09:00:00Z."
				/>
			);
		case 'event':
			return (
				<>
					<PlainField {...field('event')} label="Name of the event" value={wait?.['event']} plain />
					<PlainField {...field('timeout')} label="At most" value={wait?.['timeout']} help="Such as 10m, 2h, 1d." />
					<ChoiceField
						label="Where it does not come"
						value={wait?.['otherwise'] ?? ''}
						options={AT_BOUND}
						onChange={(value) => designer.set([...path, 'wait', 'otherwise'], value === '' ? undefined : value)}
					/>
				</>
			);
		case 'person':
			return <AskFields {...props} />;
	}
}

/** Nine in the morning of the next day. */
function tomorrow(): string {
	const at = new Date(Date.now() + DAY_MS);
	at.setHours(9, 0, 0, 0);
	return at.toISOString().replace('.000Z', 'Z');
}
