/** Which view the address names: `#/queue`. The address is the state, so back, forward and a bookmark work. */
import { useSyncExternalStore } from 'react';

export const VIEWS = ['floor', 'queue', 'filament', 'cluster'] as const;
export type ViewName = (typeof VIEWS)[number];

/** The view of a `location.hash`; anything unknown is the floor. */
export function parseRoute(hash: string): ViewName {
  const name = hash.replace(/^#\/?/, '').split(/[/?]/)[0];
  return VIEWS.find((view) => view === name) ?? 'floor';
}

export function routeHref(view: ViewName): string {
  return `#/${view}`;
}

export function goTo(view: ViewName): void {
  location.hash = routeHref(view);
}

function subscribe(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => {
    removeEventListener('hashchange', onChange);
  };
}

export function useRoute(): ViewName {
  return useSyncExternalStore(subscribe, () => parseRoute(location.hash));
}
