import { vi } from 'vitest';
import { servicesContract } from '../../testing/services.contract.ts';
import { InProcessServices } from './in-process-services.ts';
import { SystemClock } from './system-clock.ts';

servicesContract(
	'InProcessServices',
	async () => {
		const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
		const services = new InProcessServices({ clock: new SystemClock(), log });
		return { offers: services, calls: services };
	},
	async () => undefined,
);
