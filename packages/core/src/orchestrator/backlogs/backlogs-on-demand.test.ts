import { describe, expect, it } from 'vitest';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import type { BacklogStreams } from './backlog-streams.ts';
import { BacklogsOnDemand } from './backlogs-on-demand.ts';

const OWNER = { person: asPersonId('owner'), role: 'owner' } as const;
const STREAM = asStreamId('backlog-b1');

describe('backlogs that nobody has asked for yet', () => {
	it('are opened once, however many ask for them at the same time', async () => {
		const { backlogs, opened } = given();
		expect(backlogs.driven.owns(STREAM)).toBe(true);
		backlogs.forget(STREAM);
		backlogs.forgetAll();
		backlogs.driven.letGo();
		expect(opened.times).toBe(0);
		const asked = [backlogs.desk.list(OWNER), backlogs.desk.list(OWNER), backlogs.driven.adopt(STREAM, 0)];
		expect((await Promise.all(asked)).slice(0, 2)).toEqual([[], []]);
		expect(opened).toEqual({ times: 1, adopted: [STREAM], stopped: 0 });
		await backlogs.stop();
		expect(opened.stopped).toBe(1);
	});

	it('stop with the server, also when they are just being opened', async () => {
		const { backlogs, opened } = given();
		const listed = backlogs.desk.list(OWNER);
		await backlogs.stop();
		await listed;
		expect(opened).toMatchObject({ times: 1, stopped: 1 });
	});

	it('are opened by the next who asks, where that failed', async () => {
		let times = 0;
		const { backlogs: fine } = given();
		const backlogs = new BacklogsOnDemand(async () => {
			times += 1;
			if (times === 1) throw new Error('The disk was away.');
			return fine.open();
		});
		await expect(backlogs.desk.list(OWNER)).rejects.toThrow('The disk was away.');
		expect(await backlogs.desk.list(OWNER)).toEqual([]);
	});

	it('stay closed when the server stops without having had any', async () => {
		const { backlogs, opened } = given();
		await backlogs.stop();
		await backlogs.stop();
		expect(opened).toMatchObject({ times: 0, stopped: 0 });
	});
});

function given() {
	const opened = { times: 0, adopted: [] as string[], stopped: 0 };
	const streams = {
		desk: { list: async () => [] },
		driven: { adopt: async (stream: string) => void opened.adopted.push(stream) },
		stop: async () => {
			opened.stopped += 1;
		},
	};
	const backlogs = new BacklogsOnDemand(async () => {
		opened.times += 1;
		return streams as unknown as BacklogStreams;
	});
	return { backlogs, opened };
}
