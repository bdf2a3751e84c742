/** IconName names the drawings of the page. */
export type IconName = keyof typeof PATHS;

/** Icon draws a sign; what it means always stands beside it in words or in a label. */
export function Icon({ name }: { readonly name: IconName }) {
	return (
		<svg class={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}

const PATHS = {
	brand: 'M4.5 10.5l4 4 7-9',
	menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
	attach: 'M13.5 6.5l-6 6a1.8 1.8 0 0 0 2.5 2.5l6.3-6.3a3.4 3.4 0 0 0-4.8-4.8L5 10.4a5 5 0 0 0 7 7l4.500-4.500',
	send: 'M10 16V4M5 9l5-5 5 5',
	stop: 'M6 6h8v8H6z',
	retry: 'M15.500 10a5.500 5.500 0 1 1-1.600-3.900M15.500 3v3.800h-3.800',
	close: 'M5.5 5.5l9 9M14.500 5.500l-9 9',
	back: 'M12 4.500L6.500 10l5.500 5.500',
	open: 'M7 5l5 5-5 5',
	plus: 'M10 4.500v11M4.500 10h11',
	minus: 'M4.500 10h11',
	fit: 'M3.500 7.500v-4h4M16.500 7.500v-4h-4M3.500 12.500v4h4M16.500 12.500v4h-4',
	file: 'M5.500 2.500h6l3.500 3.500v11.500h-9.500zM11.500 2.500v3.500h3.500',
	download: 'M10 3v9.500M6 9l4 4 4-4M4 16.500h12',
	// Signs of a step's status.
	waiting: 'M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12',
	ready: 'M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8.500 7.500l4 2.500-4 2.500z',
	running: 'M10 3.500a6.500 6.500 0 1 0 6.500 6.500',
	asking: 'M7.200 7.500a2.800 2.800 0 1 1 4 2.500c-.9.5-1.200 1-1.200 1.900M10 14.900v.2',
	retrying: 'M15.500 10a5.500 5.500 0 1 1-1.600-3.900M15.500 3v3.800h-3.800',
	done: 'M4.500 10.500l3.700 3.700 7.300-8.700',
	failed: 'M5.500 5.500l9 9M14.500 5.500l-9 9',
	'dead-lettered': 'M5.500 5.500l9 9M14.500 5.500l-9 9',
	skipped: 'M5 5l5 5-5 5M10.500 5l5 5-5 5',
	cancelled: 'M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12M6 14l8-8',
} as const;
