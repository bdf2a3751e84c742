import { shortened } from '@errand/core/domain/shortened.ts';
import { useSignal } from '@preact/signals';
import { type OpenQuestion, questionForWords } from '../fold/question-for-words.ts';
import { useStores } from '../state/stores.ts';

/** Aim is where the next message goes: as an answer to the question, or past it, as something new. */
export interface Aim {
	readonly asked: OpenQuestion | undefined;
	readonly answers: boolean;
	pass(does: boolean): void;
}

/** An open question further up is asked again by the page of its task. */
const LOOKED_AT = 60;

/** useAim follows the question that the next message would answer. */
export function useAim(): Aim {
	const { conversation, tasks } = useStores();
	const passed = useSignal<string | undefined>(undefined);
	const asked = questionForWords(
		conversation.items.value.slice(-LOOKED_AT),
		(taskId) => tasks.open(taskId).followed.value.state?.questions,
	);
	const key = asked === undefined ? undefined : `${asked.taskId} ${asked.question.id}`;
	return {
		asked,
		answers: key !== undefined && key !== passed.value,
		pass: (does) => {
			passed.value = does ? key : undefined;
		},
	};
}

/** aimedText is what is sent: words that pass a question say so. */
export function aimedText({ asked, answers }: Aim, text: string): string {
	const passes = asked !== undefined && !answers && !text.startsWith('/');
	return passes ? `/new ${text}` : text;
}

/** AimNote says which question the next message answers, and lets it be something new instead. */
export function AimNote({ aim: { asked, answers, pass }, id }: { readonly aim: Aim; readonly id: string }) {
	if (asked === undefined) return null;
	const words = `“${shortened(asked.question.text.replaceAll('\n', ' '), 90)}”`;
	return (
		<p class="composer-aim">
			<span id={id} role="status">
				{answers ? `Your message answers ${words}` : `Your message starts something new; ${words} stays open.`}
			</span>{' '}
			<button type="button" class="link-button" onClick={() => pass(answers)}>
				{answers ? 'Start something new instead' : 'Answer it instead'}
			</button>
		</p>
	);
}
