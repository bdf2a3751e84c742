import { beatFunction } from './home-functions.ts';

/**
 * BEAT_AFTER_OUTAGE takes nobody's streams for adopted only because another lease lasted a moment longer when the database went out
 * of everybody's reach: who adopts does so at a beat, so only a beat after the own lease was over counts.
 */
export const BEAT_AFTER_OUTAGE = beatFunction(
	'CREATE OR REPLACE FUNCTION',
	'p.alive_until - lease > greatest(mine.alive_until, p.since + lease)',
);
