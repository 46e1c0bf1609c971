/** What a page in our window may not do: leave our address, open windows, use the PC's abilities, embed others. */
import type { Session, WebContents } from 'electron';
import type { Log } from '../log.ts';

/** Copying an invitation is the one ability that our own page has use for. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** True when `url` is a page of our own node. Anything that is no URL is not. */
export function isOwnPage(url: string, nodeUrl: string): boolean {
  try {
    return new URL(url).origin === new URL(nodeUrl).origin;
  } catch {
    return false;
  }
}

/** Keeps `contents` on pages of `nodeUrl`. What is refused is logged: in normal use nothing is. */
export function guardContents(contents: WebContents, nodeUrl: string, log: Log): void {
  const keepHome = (event: { preventDefault(): void }, url: string): void => {
    if (isOwnPage(url, nodeUrl)) return;
    event.preventDefault();
    log.warn('the window was kept from leaving for another address', { url });
  };
  contents.on('will-navigate', (event, url) => keepHome(event, url));
  contents.on('will-redirect', (event, url) => keepHome(event, url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    log.warn('the window was kept from opening another one', { url });
    return { action: 'deny' };
  });
}

/** Refuses every permission but {@link ALLOWED_PERMISSIONS} to our own page, and every download. */
export function guardSession(session: Session, nodeUrl: string): void {
  const allowed = (permission: string, url: string): boolean =>
    ALLOWED_PERMISSIONS.has(permission) && isOwnPage(url, nodeUrl);
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(allowed(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin));
}
