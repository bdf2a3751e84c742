import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Balancer is one address in front of several servers, as people reach a cluster: each connection goes to one that takes it. */
export interface Balancer {
	readonly url: string;
	/** New connections go to these servers: in turn, or to the first that takes them. What is open stays where it is. */
	lead(to: readonly string[], how?: 'in-turn' | 'in-order'): void;
	close(): Promise<void>;
}

/** startBalancer opens one that leads nowhere yet; a connection that no server takes is closed. */
export async function startBalancer(): Promise<Balancer> {
	let urls: readonly string[] = [];
	let inTurn = true;
	let turn = 0;
	const open = new Set<Socket>();
	const keep = (socket: Socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	};
	const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
		keep(near);
		near.on('error', () => near.destroy());
		const first = inTurn ? turn++ : 0;
		const targets = urls.map((_, n) => urls[(first + n) % urls.length] ?? '');
		const tryNext = (at: number) => {
			const url = targets[at];
			if (url === undefined || near.destroyed) {
				near.destroy();
				return;
			}
			const far = connect({ port: Number(new URL(url).port), host: '127.0.0.1', noDelay: true });
			let taken = false;
			far.on('error', () => {
				if (taken) near.destroy();
				else tryNext(at + 1);
			});
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
		lead: (to, how = 'in-turn') => {
			urls = to;
			inTurn = how === 'in-turn';
		},
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			for (const socket of open) socket.destroy();
			await closed;
		},
	};
}
