import { HOME_FUNCTIONS } from './home-functions.ts';

const LIVED = 'least(p.alive_until, now) > greatest(mine.alive_until, p.since + lease)';
const SAID_SO = 'p.alive_until - lease > greatest(mine.alive_until, p.since + lease)';

/**
 * BEAT_AFTER_OUTAGE takes nobody's streams for adopted only because another lease lasted a moment longer when the database went out
 * of everybody's reach: who adopts does so at a beat, so only a beat after the own lease was over counts.
 */
export const BEAT_AFTER_OUTAGE = HOME_FUNCTIONS.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION').replace(
	LIVED,
	SAID_SO,
);
