/** The notices at the lower edge. Failures are announced at once, the rest when the reader has time. */
import { CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { text } from '../format/text.ts';
import { DONE_NOTICE_MS, type Notice, useNotices } from '../store/notices.ts';
import { CheckIcon, WarningIcon } from './icons.tsx';
import styles from './NoticeList.module.css';

export function NoticeList() {
  const notices = useNotices((store) => store.notices);
  return (
    <div className={styles['list']}>
      <div role="alert">
        {notices
          .filter((notice) => notice.tone === 'failed')
          .map((notice) => (
            <NoticeLine key={notice.id} notice={notice} />
          ))}
      </div>
      <div role="status">
        {notices
          .filter((notice) => notice.tone === 'done')
          .map((notice) => (
            <NoticeLine key={notice.id} notice={notice} />
          ))}
      </div>
    </div>
  );
}

function NoticeLine({ notice }: { readonly notice: Notice }) {
  const dismiss = useNotices((store) => store.dismiss);
  const { id, tone } = notice;
  useEffect(() => {
    if (tone === 'failed') return undefined;
    const timer = setTimeout(() => {
      dismiss(id);
    }, DONE_NOTICE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [id, tone, dismiss]);
  return (
    <div className={styles['notice']} data-tone={tone}>
      {tone === 'failed' ? <WarningIcon /> : <CheckIcon />}
      <span className={styles['text']}>{notice.text}</span>
      <CloseButton
        size="xs"
        aria-label={text('common.dismiss')}
        onClick={() => {
          dismiss(id);
        }}
      />
    </div>
  );
}
