/** Where the window opens: where it was, unless that place is no longer on any screen. */
import type { WindowBounds } from '../settings.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Fits the attention list beside a floor of a few printers. */
export const DEFAULT_SIZE = { width: 1280, height: 820 } as const;
/** Below this the page would have to hide what needs hands. */
export const MINIMUM_SIZE = { width: 720, height: 480 } as const;
/** Enough of the title bar to take hold of it. */
const GRIP_PIXELS = 48;

function reaches(bounds: Rectangle, area: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const topInside = bounds.y >= area.y && bounds.y <= area.y + area.height - GRIP_PIXELS;
  return across >= GRIP_PIXELS && topInside;
}

/** `workAreas`: the usable parts of all screens. Without a place the system chooses one. */
export function decideBounds(
  remembered: WindowBounds | null,
  workAreas: readonly Rectangle[],
): Rectangle | { readonly width: number; readonly height: number } {
  if (remembered === null) return DEFAULT_SIZE;
  const width = Math.max(MINIMUM_SIZE.width, Math.round(remembered.width));
  const height = Math.max(MINIMUM_SIZE.height, Math.round(remembered.height));
  const bounds = { x: Math.round(remembered.x), y: Math.round(remembered.y), width, height };
  return workAreas.some((area) => reaches(bounds, area)) ? bounds : { width, height };
}
