import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const now = signal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** useNow gives the time, each second anew while `running`; one timer serves the whole page. */
export function useNow(running: boolean): ReadonlySignal<number> {
	useEffect(() => {
		if (!running) return;
		now.value = Date.now();
		watchers++;
		timer ??= setInterval(() => {
			now.value = Date.now();
		}, 1_000);
		return () => {
			watchers--;
			if (watchers > 0) return;
			clearInterval(timer);
			timer = undefined;
		};
	}, [running]);
	return now;
}
