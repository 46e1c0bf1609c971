/** The short messages at the window's edge: what was just done, and what went wrong. */
import { create } from 'zustand';

export type NoticeTone = 'done' | 'failed';

export interface Notice {
  readonly id: number;
  readonly tone: NoticeTone;
  readonly text: string;
}

/** More would cover the page; the oldest gives way. */
export const NOTICES_MAX = 4;

/** Long enough to read two lines. A failure stays until it is dismissed or pushed out. */
export const DONE_NOTICE_MS = 6000;

export interface NoticeStore {
  readonly notices: readonly Notice[];
  readonly nextId: number;
  readonly add: (tone: NoticeTone, text: string) => void;
  readonly dismiss: (id: number) => void;
}

/** The list after one more; at most {@link NOTICES_MAX}. */
export function withNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  return [...notices, notice].slice(-NOTICES_MAX);
}

export const useNotices = create<NoticeStore>((set) => ({
  notices: [],
  nextId: 1,
  add(tone, text) {
    set(({ notices, nextId }) => ({
      notices: withNotice(notices, { id: nextId, tone, text }),
      nextId: nextId + 1,
    }));
  },
  dismiss(id) {
    set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  },
}));
