/** The version of this program, from the one place that states it. */
import { version } from '../../package.json';

/** Semantic version, `0.1.0`. */
export const VERSION: string = version;
