/** Looks a sentence up by its key and fills its blanks. The language is chosen in one place, here. */
import { english, type TextKey } from './texts.en.ts';

export type TextValues = Readonly<Record<string, string | number>>;

const language: Readonly<Record<TextKey, string>> = english;

/** Fills each `{name}` of `template`; a blank without a value stays visible, so that a test and an eye catch it. */
export function fillBlanks(template: string, values: TextValues): string {
  return template.replace(/\{(\w+)\}/g, (blank, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? blank : String(value);
  });
}

/** The sentence of `key` in the window's language. */
export function text(key: TextKey, values: TextValues = {}): string {
  return fillBlanks(language[key], values);
}
