import type { PersonView, Preferences } from '@errand/core/domain/person/person-view.ts';
import type { NewPreferences } from '../state/people-api.ts';
import { isPlatform, type PlatformName, platformOf } from '../text/platform.ts';

/** PreferencesForm is what stands in the form; empty for nowhere. */
export interface PreferencesForm {
	readonly questions: string;
	readonly answers: string;
	readonly quiet: boolean;
	readonly from: string;
	readonly to: string;
	readonly timeZone: string;
	/** Where they live; empty for not said. */
	readonly home: string;
}

/** formOf fills the form; `timeZone` is where the browser is. */
export function formOf({ notify, quiet, timeZone: home = '' }: Preferences, timeZone: string): PreferencesForm {
	return {
		questions: notify.questions ?? '',
		answers: notify.answers ?? '',
		quiet: quiet !== undefined,
		from: quiet?.from ?? '22:00',
		to: quiet?.to ?? '07:00',
		timeZone: quiet?.timeZone ?? (home === '' ? timeZone : home),
		home,
	};
}

/** preferencesOf reads the form. */
export function preferencesOf(form: PreferencesForm): NewPreferences {
	const { questions, answers, quiet, from, to, timeZone, home } = form;
	return {
		notify: { questions: questions === '' ? null : questions, answers: answers === '' ? null : answers },
		quiet: quiet ? { from, to, timeZone: timeZone.trim() } : null,
		timeZone: home.trim() === '' ? null : home.trim(),
	};
}

const NO_ZONE = 'Choose a time zone such as Europe/Berlin or UTC.';

/** faultOf says what cannot be saved as it stands; undefined when all can. */
export function faultOf({ quiet, from, to, timeZone, home }: PreferencesForm): string | undefined {
	if (home.trim() !== '' && !isTimeZone(home.trim())) return NO_ZONE;
	if (!quiet) return undefined;
	if (from === '' || to === '') return 'Quiet hours need a beginning and an end.';
	if (from === to) return 'Quiet hours cannot begin and end at the same time.';
	return isTimeZone(timeZone.trim()) ? undefined : NO_ZONE;
}

/** notifyChoices are where somebody can be told: the page, and every platform on which they have an account or said so before. */
export function notifyChoices({ identities, preferences }: PersonView): readonly PlatformName[] {
	const named = [
		'web',
		...identities.map(({ identity }) => platformOf(identity).name),
		...Object.values(preferences.notify).filter((name) => name !== undefined),
	];
	return [...new Set(named)].filter(isPlatform);
}

function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
}
