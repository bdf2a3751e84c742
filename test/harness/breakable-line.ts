import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** BreakableLine leads to a server on loopback, and can be cut as a network is: connections break, new ones are refused. */
export interface BreakableLine {
	/** Instead of the server's own address. */
	readonly url: string;
	cut(): Promise<void>;
	mend(): Promise<void>;
	stop(): Promise<void>;
}

/** openLine leads to the server at a URL. */
export async function openLine(to: string): Promise<BreakableLine> {
	const { hostname, port } = new URL(to);
	const sockets = new Set<Socket>();
	const keep = (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
	};
	const server = createServer((socket) => {
		const onward = connect(Number(port), hostname);
		for (const end of [socket, onward]) keep(end);
		socket.pipe(onward).pipe(socket);
		socket.on('close', () => onward.destroy());
		onward.on('close', () => socket.destroy());
	});
	await listen(server, 0);
	const own = (server.address() as AddressInfo).port;
	const cut = async () => {
		const closed = new Promise((resolve) => server.close(resolve));
		for (const socket of sockets) socket.destroy();
		if (server.listening) await closed;
	};
	return { url: `http://127.0.0.1:${own}`, cut, mend: () => listen(server, own), stop: cut };
}

function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve();
		});
	});
}
