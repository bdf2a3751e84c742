import { describe, expect, it } from 'vitest';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import { type StreamsOfAKind, StreamsOnDemand } from './streams-on-demand.ts';

const OWNER = { person: asPersonId('owner'), role: 'owner' } as const;
const STREAM = asStreamId('list-b1');

interface IListDesk {
	list(principal: typeof OWNER): Promise<readonly string[]>;
}

describe('streams that nobody has asked for yet', () => {
	it('are opened once, however many ask for them at the same time', async () => {
		const { lists, opened } = given();
		expect(lists.driven.owns(STREAM)).toBe(true);
		lists.forget(STREAM);
		lists.forgetAll();
		lists.driven.letGo();
		expect(opened.times).toBe(0);
		const asked = [lists.desk.list(OWNER), lists.desk.list(OWNER), lists.driven.adopt(STREAM, 0)];
		expect((await Promise.all(asked)).slice(0, 2)).toEqual([[], []]);
		expect(opened).toEqual({ times: 1, adopted: [STREAM], stopped: 0 });
		await lists.stop();
		expect(opened.stopped).toBe(1);
	});

	it('stop with the server, also when they are just being opened', async () => {
		const { lists, opened } = given();
		const listed = lists.desk.list(OWNER);
		await lists.stop();
		await listed;
		expect(opened).toMatchObject({ times: 1, stopped: 1 });
	});

	it('are opened by the next who asks, where that failed', async () => {
		let times = 0;
		const { lists: fine } = given();
		const lists = onDemand(async () => {
			times += 1;
			if (times === 1) throw new Error('The disk was away.');
			return fine.open();
		});
		await expect(lists.desk.list(OWNER)).rejects.toThrow('The disk was away.');
		expect(await lists.desk.list(OWNER)).toEqual([]);
	});

	it('stay closed when the server stops without having had any', async () => {
		const { lists, opened } = given();
		await lists.stop();
		await lists.stop();
		expect(opened).toMatchObject({ times: 0, stopped: 0 });
	});
});

function given() {
	const opened = { times: 0, adopted: [] as string[], stopped: 0 };
	const streams: StreamsOfAKind<IListDesk> = {
		desk: { list: async () => [] },
		driven: { owns: () => true, adopt: async (stream) => void opened.adopted.push(stream), letGo: () => {} },
		taskReported: async () => {},
		forget: () => {},
		forgetAll: () => {},
		stop: async () => {
			opened.stopped += 1;
		},
	};
	const lists = onDemand(async () => {
		opened.times += 1;
		return streams;
	});
	return { lists, opened };
}

function onDemand(load: () => Promise<StreamsOfAKind<IListDesk>>) {
	return new StreamsOnDemand<IListDesk>({ prefix: 'list-', calls: { list: true }, concerns: () => true, load });
}
