import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import { ChoiceField } from './choice-field.tsx';
import type { KindFieldsProps } from './kind-fields.tsx';
import { PlainField } from './plain-field.tsx';

const KINDS = { text: 'In words', choice: 'One of some answers', approval: 'Yes or no' } as const;

/** AskFields are a question and how it is answered. */
export function AskFields({ designer, step, path, around }: KindFieldsProps) {
	const ask = step['ask'];
	const given = isJsonObject(ask) ? ask : { question: typeof ask === 'string' ? ask : '' };
	const choices = Array.isArray(given['choices']) ? (given['choices'] as readonly Json[]) : [];
	const kind = given['kind'] ?? (choices.length > 0 ? 'choice' : 'text');
	const at = [...path, 'ask'];
	const setKind = (wanted: string) => {
		const question = given['question'] ?? '';
		if (wanted === 'text') return designer.set(at, question);
		designer.set(at, { question, kind: wanted, ...(wanted === 'choice' ? { choices: ['yes', 'no'] } : {}) });
	};
	return (
		<>
			<PlainField
				{...{ designer, around }}
				path={isJsonObject(ask) ? [...at, 'question'] : at}
				label="Question"
				value={given['question']}
				long
			/>
			<ChoiceField label="Answered" value={String(kind)} options={KINDS} onChange={setKind} />
			{kind === 'choice' && (
				<PlainField
					{...{ designer, around }}
					path={[...at, 'choices']}
					label="Answers, one a line"
					value={choices.map(String).join('\n')}
					long
					plain
					wrap={(value) => String(value ?? '').split('\n')}
				/>
			)}
		</>
	);
}
