/** Line icons on a 16 × 16 field, in the colour of the text around them. */
const paths = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5 14.5 13.5H1.5ZM8 6.5v3.5M8 11.6v.6',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.5V8l2.5 1.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3l7.5 5L5 13Z',
  stop: 'M4 4h8v8H4Z',
  running: 'M8 2a6 6 0 1 0 6 6',
  forbidden: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8l8.4 8.4',
  skip: 'M3 4l5 4-5 4ZM9 4l4 4-4 4Z',
  eye: 'M1.5 8C3 5 5.3 3.5 8 3.5S13 5 14.5 8C13 11 10.7 12.5 8 12.5S3 11 1.5 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  rerun: 'M4 3l5.5 5L4 13ZM12 3v10',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9M6.8 7v4M9.2 7v4',
  export: 'M8 2v8M5 7l3 3 3-3M3 13.5h10',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  down: 'M4 6.5 8 10.5l4-4',
  file: 'M4 2h5l3.5 3.5V14H4ZM9 2v3.5h3.5',
  dot: 'M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}
