import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

// Runs in a jail whose only network is its own loopback: what connects to a port there gets through to the proxy's socket, which is
// mounted into the jail. Then it starts the server, and ends as that ends. It needs nothing but Node.
const [port = '', socket = '', program = '', ...args] = process.argv.slice(2);
const listener = createServer((client) => {
	const proxy = connect(socket);
	proxy.on('error', () => client.destroy());
	client.on('error', () => proxy.destroy());
	client.pipe(proxy).pipe(client);
});
listener.listen(Number(port), '127.0.0.1', () => {
	const server = spawn(program, args, { stdio: 'inherit' });
	server.on('error', (error) => {
		console.error(error.message);
		process.exit(127);
	});
	server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
});
