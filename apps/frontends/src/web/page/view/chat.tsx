import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { TimelineItem } from '../fold/timeline.ts';
import { useStores } from '../state/stores.ts';
import { Composer } from './composer.tsx';
import { EndOfTask } from './end-of-task.tsx';
import { Markdown } from './markdown.tsx';
import { Message } from './message.tsx';
import { PlanCard } from './plan-card.tsx';
import { QuestionInChat } from './question.tsx';

const SHOWN_AT_FIRST = 60;

/** Chat is the conversation and the place to write. */
export function Chat() {
	const { conversation } = useStores();
	const items = conversation.items.value;
	const shown = useSignal(SHOWN_AT_FIRST);
	const scroller = useFollowedEnd();
	const choose = (choice: string) => conversation.send(choice, []);
	const visible = items.slice(-shown.value);
	return (
		<div class="chat">
			<div class="scroller" ref={scroller}>
				<div class="timeline" role="log" aria-label="Conversation">
					{items.length > visible.length && (
						<button
							type="button"
							class="quiet-button"
							onClick={() => {
								shown.value += SHOWN_AT_FIRST;
							}}
						>
							Show earlier messages
						</button>
					)}
					{conversation.loaded.value && items.length === 0 && <Welcome />}
					{visible.map((item) => (
						<Item key={item.key} item={item} onChoose={choose} />
					))}
				</div>
			</div>
			<Composer />
		</div>
	);
}

interface ItemProps {
	readonly item: TimelineItem;
	/** Says a choice where one is waited for; left out where one cannot write. */
	readonly onChoose?: (choice: string) => void;
}

/** Item draws one thing of a conversation, marked where it did not arrive. */
export function Item(props: ItemProps) {
	const { item } = props;
	const undelivered = 'undelivered' in item ? item.undelivered : undefined;
	if (undelivered === undefined) return <Content {...props} />;
	return (
		<div class="undelivered">
			<Content {...props} />
			<p class="undelivered-note">
				<strong>Undelivered.</strong> {undelivered.message}
			</p>
		</div>
	);
}

function Content({ item, onChoose }: ItemProps) {
	switch (item.kind) {
		case 'message':
			return <Message item={item} />;
		case 'plan':
			return <PlanCard taskId={item.taskId} />;
		case 'question':
			return <QuestionInChat taskId={item.taskId} reply={item.reply} />;
		case 'end':
			return <EndOfTask taskId={item.taskId} reply={item.reply} last={item.last} />;
		case 'text':
			return (
				<div class="said">
					<Markdown text={item.reply.text} />
					{onChoose !== undefined && item.choices !== undefined && (
						<Choices choices={item.choices} onChoose={onChoose} />
					)}
				</div>
			);
	}
}

function Choices({
	choices,
	onChoose,
}: {
	readonly choices: readonly string[];
	readonly onChoose: (choice: string) => void;
}) {
	return (
		<div class="button-row">
			{choices.map((choice) => (
				<button type="button" class="button" key={choice} onClick={() => onChoose(choice)}>
					{choice}
				</button>
			))}
		</div>
	);
}

const EXAMPLES = [
	'Compare these three insurance policies and recommend the best one',
	'Summarise https://example.org/report in five points',
	'Collect what these pages say about heat pumps and prepare talking points',
];

function Welcome() {
	const { draft } = useStores();
	return (
		<div class="welcome">
			<h1>What can I do for you?</h1>
			<p>
				Write what you want done. I make a plan, work through it, ask when a decision is yours, and name my sources.
			</p>
			<ul>
				{EXAMPLES.map((example) => (
					<li key={example}>
						<button
							type="button"
							class="example"
							onClick={() => {
								draft.value = example;
							}}
						>
							{example}
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}

/** Keeps the end in view while it grows, unless the person has scrolled up to read. */
function useFollowedEnd() {
	const scroller = useRef<HTMLDivElement>(null);
	const atEnd = useRef(true);
	useLayoutEffect(() => {
		const element = scroller.current;
		const content = element?.firstElementChild;
		if (element === null || content === null || content === undefined) return;
		// Growth moves the end away without anybody scrolling: only a move upwards means that somebody wants to read.
		let top = element.scrollTop;
		const onScroll = () => {
			const near = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
			if (near) atEnd.current = true;
			else if (element.scrollTop < top - 1) atEnd.current = false;
			top = element.scrollTop;
		};
		const stay = new ResizeObserver(() => {
			if (atEnd.current) element.scrollTop = element.scrollHeight;
		});
		element.addEventListener('scroll', onScroll, { passive: true });
		stay.observe(content);
		stay.observe(element);
		return () => {
			element.removeEventListener('scroll', onScroll);
			stay.disconnect();
		};
	}, []);
	const { conversation } = useStores();
	const sent = conversation.items.value.findLast((item) => item.kind === 'message' && item.status === 'sending')?.key;
	useEffect(() => {
		if (sent === undefined || scroller.current === null) return;
		atEnd.current = true;
		scroller.current.scrollTop = scroller.current.scrollHeight;
	}, [sent]);
	return scroller;
}
