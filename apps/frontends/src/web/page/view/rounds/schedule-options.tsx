import type { Signal } from '@preact/signals';
import { Choice } from './choice.tsx';

const TELLS = {
	each: 'Each run, as it ends',
	changes: 'Only what changed or failed',
	digest: 'All at once, in a digest',
	never: 'Nothing',
} as const;
const CATCH_UPS = {
	once: 'Run once for all of them',
	skip: 'Leave them out',
	all: 'Run for each of them',
} as const;

/** ScheduleChoices are of which runs somebody hears, and what becomes of times that were missed. */
export interface ScheduleChoices {
	readonly tell: keyof typeof TELLS;
	/** When a digest comes, in words. */
	readonly digest: string;
	readonly catchUp: keyof typeof CATCH_UPS;
}

/** USUAL_CHOICES are those of somebody who makes none. */
export const USUAL_CHOICES: ScheduleChoices = { tell: 'each', digest: 'daily at 18:00', catchUp: 'once' };

/** ScheduleOptions are the fields for these choices; what only reminds has nothing to tell of. */
export function ScheduleOptions({
	choices,
	tells,
}: {
	readonly choices: Signal<ScheduleChoices>;
	readonly tells: boolean;
}) {
	const { tell, digest, catchUp } = choices.value;
	const choose = (some: Partial<ScheduleChoices>) => {
		choices.value = { ...choices.peek(), ...some };
	};
	return (
		<>
			{tells && <Choice label="Tell me" value={tell} options={TELLS} onChange={(next) => choose({ tell: next })} />}
			{tells && tell === 'digest' && (
				<label class="field">
					The digest comes
					<input type="text" value={digest} onInput={(event) => choose({ digest: event.currentTarget.value })} />
				</label>
			)}
			<Choice
				label="Times missed while nothing ran"
				value={catchUp}
				options={CATCH_UPS}
				onChange={(next) => choose({ catchUp: next })}
			/>
		</>
	);
}
