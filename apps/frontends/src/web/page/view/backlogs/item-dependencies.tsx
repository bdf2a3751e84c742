import type { ItemReference } from '@errand/core/domain/backlog/item.ts';
import { useSignal } from '@preact/signals';
import { itemOf } from '../../fold/board/parts.ts';
import { useAction } from '../act.ts';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';
import type { ItemProps } from './item-props.ts';

/** ItemDependencies are what an item waits for and what waits for it, each a link. */
export function ItemDependencies({ board, item, address }: ItemProps) {
	const action = useAction();
	const wanted = useSignal('');
	const id = String(item.id);
	const cards = board.cards.value;
	const users = [...cards.values()].filter(({ dependencies }) => dependencies.some((one) => itemOf(one) === item.id));
	const add = async () => {
		const dependsOn = wanted.value.replace('#', '').trim();
		await board.act('add_dependency', { id, dependsOn }, `#${id} waits for #${dependsOn} now.`);
		wanted.value = '';
	};
	const remove = (one: ItemReference) => () =>
		action.run(() =>
			board.act('remove_dependency', { id, dependsOn: String(one) }, `#${id} waits for #${one} no more.`),
		);
	return (
		<section>
			<h3>Waits for</h3>
			{item.dependencies.length > 0 && (
				<ul class="links">
					{item.dependencies.map((one) => {
						const done = board.isDone.value(one);
						const title = cards.get(itemOf(one))?.title;
						return (
							<li key={one} class={done ? 'link-done' : ''}>
								<Icon name={done ? 'done' : 'waiting'} />
								<a href={address(itemOf(one))}>
									#{one} {title}
								</a>
								<span class="only-heard">{done ? 'done' : 'not done'}</span>
								<button
									type="button"
									class="icon-button small-icon"
									aria-label={`Do not wait for #${one}`}
									disabled={action.busy.value}
									onClick={remove(one)}
								>
									<Icon name="close" />
								</button>
							</li>
						);
					})}
				</ul>
			)}
			<form
				class="new-tag"
				onSubmit={(event) => {
					event.preventDefault();
					if (wanted.value.trim() !== '') action.run(add);
				}}
			>
				<input
					type="text"
					aria-label={`What #${id} is to wait for`}
					placeholder="#number"
					value={wanted.value}
					onInput={(event) => {
						wanted.value = event.currentTarget.value;
					}}
				/>
				<button type="submit" class="button small-button" disabled={action.busy.value || wanted.value.trim() === ''}>
					Wait for it
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{users.length > 0 && (
				<>
					<h3>Waited for by</h3>
					<ul class="links">
						{users.slice(0, 30).map((user) => (
							<li key={user.id}>
								<a href={address(user.id)}>
									#{user.id} {user.title}
								</a>
							</li>
						))}
						{users.length > 30 && <li class="muted">and {users.length - 30} more</li>}
					</ul>
				</>
			)}
		</section>
	);
}
