import '../../style/settings.css';
import { useMemo } from 'preact/hooks';
import { createPeople } from '../../state/people.ts';
import { peopleApi } from '../../state/people-api.ts';
import { useStores } from '../../state/stores.ts';
import { createSystem } from '../../state/system.ts';
import { systemApi } from '../../state/system-api.ts';
import type { SettingsRoute } from '../places.tsx';
import { ConversationsPage } from './conversations-page.tsx';
import { FrontendsPage } from './frontends-page.tsx';
import { HeldConversationPage } from './held-conversation-page.tsx';
import { PeoplePage } from './people-page.tsx';
import { SystemPage } from './system-page.tsx';

/** SettingsPlace draws the parts beside chat and tasks; all of them come in one piece when the first is wanted. */
export function SettingsPlace({ route }: { readonly route: SettingsRoute }) {
	const { api } = useStores();
	const people = useMemo(() => createPeople(peopleApi(api.ask)), [api]);
	const system = useMemo(() => createSystem(systemApi(api.ask)), [api]);
	return (
		<div class="scroller">
			<div class="settings">
				{route.name === 'people' && <PeoplePage people={people} />}
				{route.name === 'frontends' && <FrontendsPage checks={people.checks} />}
				{route.name === 'system' && <SystemPage system={system} />}
				{route.name === 'conversations' && <ConversationsPage api={people.api} />}
				{route.name === 'conversation' && <HeldConversationPage key={route.id} id={route.id} />}
			</div>
		</div>
	);
}
