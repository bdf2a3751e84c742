import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { textOf } from '../../../fold/workflow/draft.ts';
import { ChoiceField } from './choice-field.tsx';
import { InputOf } from './input-of.tsx';
import type { KindFieldsProps } from './kind-fields.tsx';
import { PlainField } from './plain-field.tsx';

const EFFECTS = {
	none: 'only reads',
	idempotent: 'twice is as good as once',
	external: 'acts outside, and asks before where it must',
} as const;
const ORDER = ['none', 'idempotent', 'external'] as const;
/** Where only waits were given. */
const ATTEMPTS = 4;

/** CallFields say how a capability is called: how long, how often, with what effects, and what takes it back. */
export function CallFields(props: KindFieldsProps) {
	const { designer, step, path, around, capability } = props;
	const retry = objectOf(step['retry']);
	const field = (...keys: readonly string[]) => ({ designer, around, path: [...path, ...keys], plain: true });
	const declared = capability?.effects ?? 'none';
	const tighter = ORDER.slice(ORDER.indexOf(declared) + 1).map((one) => [one, EFFECTS[one]] as const);
	const given = textOf(step, 'effects');
	const known = given === '' || tighter.some(([one]) => one === given) ? [] : [[given, given] as const];
	return (
		<>
			<PlainField {...field('timeout')} label="Time-out" value={step['timeout']} help="Such as 30s, 5m, 1h." />
			<PlainField
				{...field('retry')}
				label="Attempts"
				value={retry['attempts']}
				reads="number"
				help="Left out: as the capability says."
				wrap={(attempts) => (attempts === undefined ? undefined : { ...retry, attempts })}
			/>
			<PlainField
				{...field('retry')}
				label="Waits between attempts, one a line"
				value={Array.isArray(retry['waits']) ? retry['waits'].map(String).join('\n') : undefined}
				help="Such as 1s, 10s, 2m; the last one repeats."
				wrap={(waits) => withWaits(retry, waits)}
			/>
			<ChoiceField
				label="Effects"
				value={given}
				options={{ '': `As declared: ${EFFECTS[declared]}`, ...Object.fromEntries([...tighter, ...known]) }}
				help="A workflow may be stricter than the capability, not laxer."
				onChange={(value) => designer.set([...path, 'effects'], value === '' ? undefined : value)}
			/>
			<UndoFields {...props} />
		</>
	);
}

function withWaits(retry: JsonObject, waits: Json | undefined): JsonObject | undefined {
	const { waits: _, ...rest } = retry;
	if (waits !== undefined) return { attempts: ATTEMPTS, ...rest, waits: String(waits).split('\n') };
	return Object.keys(rest).length === 0 ? undefined : rest;
}

/** What is done when the workflow fails after this step was done. */
function UndoFields({ designer, step, path, around, capabilities }: KindFieldsProps) {
	const undo = objectOf(step['undo']);
	const use = textOf(undo, 'use');
	const id = textOf(step, 'id');
	const own = id === '' ? [] : [{ name: id, from: 'what this step gave' }];
	const names = Object.fromEntries([...capabilities.keys()].map((name) => [name, name]));
	return (
		<fieldset class="undo-fields">
			<legend>If the workflow fails later</legend>
			<ChoiceField
				label="Take it back with"
				value={use}
				options={{ '': 'Nothing', ...(use === '' ? {} : { [use]: use }), ...names }}
				onChange={(name) => designer.set([...path, 'undo'], name === '' ? undefined : { use: name })}
			/>
			{use !== '' && (
				<InputOf
					designer={designer}
					path={[...path, 'undo', 'with']}
					value={undo['with']}
					around={{ ...around, names: [...own, ...around.names] }}
					schema={capabilities.get(use)?.input}
				/>
			)}
		</fieldset>
	);
}

function objectOf(value: Json | undefined): JsonObject {
	return value !== undefined && isJsonObject(value) ? value : {};
}
