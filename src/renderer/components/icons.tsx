/** The window's own icons: 16 units, one stroke, drawn in the colour of the text beside them. */
import type { ReactNode } from 'react';

export interface IconProps {
  /** Edge in pixels, 16 unless told. */
  readonly size?: number;
}

/** Icons stand beside a word or inside a labelled button, so screen readers skip them. */
function Icon({ size = 16, children }: IconProps & { readonly children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export function PrinterIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M2.5 13.5v-11h11v11M1.5 13.5h13M8 2.5v3.5M6.5 6h3L8 8 6.5 6ZM5 11h6" />
    </Icon>
  );
}

export function QueueIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h5" />
    </Icon>
  );
}

export function SpoolIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="5.75" />
      <circle cx="8" cy="8" r="1.75" />
      <path d="M13.75 8v5.75" />
    </Icon>
  );
}

export function ClusterIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M5.5 2.5h5v3.5h-5zM1.5 10h5v3.5h-5zM9.5 10h5v3.5h-5zM8 6v2M4 10V8h8v2" />
    </Icon>
  );
}

export function PlayIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M5 3.25v9.5L12.5 8 5 3.25Z" />
    </Icon>
  );
}

/** A nozzle laying a line: printing. */
export function PrintingIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M5.5 2.5h5v3.5L8 9 5.5 6V2.5ZM2.5 12.5h11" />
    </Icon>
  );
}

export function WaitIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 4.75V8l2.25 1.5" />
    </Icon>
  );
}

export function CheckIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="m3 8.5 3.25 3.25L13 5" />
    </Icon>
  );
}

export function CrossIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="m4 4 8 8M12 4l-8 8" />
    </Icon>
  );
}

/** A struck circle: canceled. */
export function StruckIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m4 12 8-8" />
    </Icon>
  );
}

export function IdleIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M5.5 8h5" />
    </Icon>
  );
}

export function PlusIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M8 3v10M3 8h10" />
    </Icon>
  );
}

export function SearchIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.25 3.25" />
    </Icon>
  );
}

export function CopyIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />
    </Icon>
  );
}

export function WarningIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M8 2.25 14.25 13H1.75L8 2.25ZM8 6.5v3M8 11.25v.01" />
    </Icon>
  );
}

export function LinkIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M2 6.5a8.5 8.5 0 0 1 12 0M4.25 9a5.25 5.25 0 0 1 7.5 0M8 12v.01" />
    </Icon>
  );
}

export function LinkLostIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M2 6.5a8.5 8.5 0 0 1 12 0M4.25 9a5.25 5.25 0 0 1 7.5 0M8 12v.01M3 13.5l10-11" />
    </Icon>
  );
}

/** A flag: the PC that leads. */
export function LeaderIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M4 14V2.5M4 3h8l-2 2.75L12 8.5H4" />
    </Icon>
  );
}

export function SunIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" />
    </Icon>
  );
}

export function MoonIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M13.25 9.75A5.75 5.75 0 0 1 6.25 2.75a5.75 5.75 0 1 0 7 7Z" />
    </Icon>
  );
}

/** Half filled: follows the system. */
export function AutoThemeIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5Z" fill="currentColor" />
    </Icon>
  );
}

export function KeyboardIcon(props: IconProps) {
  return (
    <Icon {...props}>
      <path d="M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M5 9.5h6" />
    </Icon>
  );
}
