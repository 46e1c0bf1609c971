/** The one store of the window: the mirror, fed by the event stream. Components read slices of it by hooks. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StreamListener } from '../client/eventStream.ts';
import {
  emptyMirror,
  linkLost,
  linkOpening,
  type Mirror,
  takeCluster,
  takePatch,
  takeSnapshot,
} from './mirror.ts';

export type FarmStore = StoreApi<Mirror>;

export function createFarmStore(): FarmStore {
  return createStore<Mirror>(() => emptyMirror);
}

/** What the event stream tells goes into `store`. `now` gives milliseconds of this PC's clock. */
export function mirrorListener(store: FarmStore, now: () => number): StreamListener {
  return {
    onSnapshot(event) {
      store.setState((mirror) => takeSnapshot(mirror, event, now()));
    },
    onPatch(event) {
      store.setState((mirror) => takePatch(mirror, event, now()));
    },
    onCluster(event) {
      store.setState((mirror) => takeCluster(mirror, event, now()));
    },
    onLost(retryInMs) {
      store.setState((mirror) => linkLost(mirror, now(), retryInMs));
    },
    onOpening() {
      store.setState((mirror) => linkOpening(mirror));
    },
  };
}

/** The store of this page. */
export const farmStore: FarmStore = createFarmStore();

/** A slice of the page's store; the component is drawn again only when the slice is another object. */
export function useFarm<T>(select: (mirror: Mirror) => T): T {
  return useStore(farmStore, select);
}
