import { peerCallsContract } from '../../testing/peer-calls.contract.ts';
import { InProcessPeerCalls } from './in-process-peer-calls.ts';

peerCallsContract(
	'InProcessPeerCalls',
	async () => {
		const calls = new InProcessPeerCalls();
		return { serves: calls, asks: calls };
	},
	async () => {},
);
