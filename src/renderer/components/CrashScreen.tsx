/** The last net: a bug of the window shows what to do instead of a blank page. The farm is not touched by it. */
import { Component, type ReactNode } from 'react';
import { text } from '../format/text.ts';
import styles from './CrashScreen.module.css';

interface CrashState {
  readonly error: Error | null;
}

/** React has no other form for this than a class. */
export class CrashScreen extends Component<{ readonly children: ReactNode }, CrashState> {
  override state: CrashState = { error: null };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className={styles['crash']} role="alert">
        <h1>{text('crash.title')}</h1>
        <p>{text('crash.text')}</p>
        <pre>{error.stack ?? error.message}</pre>
        <button
          type="button"
          onClick={() => {
            location.reload();
          }}
        >
          {text('crash.reload')}
        </button>
      </main>
    );
  }
}
