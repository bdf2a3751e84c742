import { isPlatform, type PlatformName } from '../../text/platform.ts';

/** PlatformIcon draws a sign for a frontend; its name stands beside it. */
export function PlatformIcon({ name }: { readonly name: string }) {
	return (
		<span class="platform-icon">
			<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
				<path d={isPlatform(name) ? PATHS[name] : OTHER} />
			</svg>
		</span>
	);
}

const OTHER = 'M10 3.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13';
const PATHS: Readonly<Record<PlatformName, string>> = {
	web: 'M10 3.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13M3.500 10h13M10 3.500c-4 4-4 9 0 13M10 3.500c4 4 4 9 0 13',
	discord:
		'M6.500 5.500q3.500-1 7 0M6 14.800L5 16.200q-1.600-.5-2.800-1.500 0-5 2.300-8.700 1.200-.9 2.700-1.200l.6 1.200M14 14.800l1 1.400q1.600-.5 2.800-1.500 0-5-2.300-8.700-1.200-.9-2.700-1.200l-.6 1.200M6.500 14q3.500 1.400 7 0M7.600 10.500v.6M12.400 10.500v.6',
	telegram: 'M2.800 9.600L17 4l-2.300 12-4.600-3.200-2.300 2.600-.6-4.300zM7.200 11.100L17 4',
	sms: 'M3.500 4.500h13v9h-7l-3.500 3v-3h-2.500zM7 9v.1M10 9v.1M13 9v.1',
	webhook:
		'M7 14a3 3 0 1 1-3.200-3M7 14h6.500M13.300 11.200a3 3 0 1 1-1.500 5M12.600 12.400L9.500 7M7.200 8.700a3 3 0 1 1 5.200-1.900M6.600 9.400L5 12.500',
	api: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
};
