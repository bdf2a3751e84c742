import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Balancer is one address in front of several servers, as people reach a cluster: each connection goes to one that takes it. */
export interface Balancer {
	readonly url: string;
	/** New connections try these servers first, in this order; what is open stays where it is. */
	prefer(urls: readonly string[]): void;
	close(): Promise<void>;
}

/** startBalancer tries the servers in turn; a connection that none takes is closed. */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
	let order: readonly string[] | undefined;
	let turn = 0;
	const open = new Set<Socket>();
	const keep = (socket: Socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	};
	const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
		keep(near);
		near.on('error', () => near.destroy());
		const first = turn++;
		const targets = order ?? urls.map((_, n) => urls[(first + n) % urls.length] ?? '');
		const tryNext = (at: number) => {
			const url = targets[at];
			if (url === undefined || near.destroyed) return near.destroy();
			const far = connect({ port: Number(new URL(url).port), host: '127.0.0.1', noDelay: true });
			let taken = false;
			far.on('error', () => (taken ? near.destroy() : tryNext(at + 1)));
			far.once('connect', () => {
				taken = true;
				keep(far);
				near.pipe(far);
				far.pipe(near);
				near.resume();
				near.once('close', () => far.destroy());
				far.once('close', () => near.destroySoon());
			});
		};
		tryNext(0);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		prefer: (first) => {
			order = [...first, ...urls.filter((url) => !first.includes(url))];
		},
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			for (const socket of open) socket.destroy();
			await closed;
		},
	};
}
