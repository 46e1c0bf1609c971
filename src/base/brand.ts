/** Nominal types: a `Milligrams` is a number that the compiler will not mix up with another number. */

declare const brand: unique symbol;

/** `T` that only its own constructor function may make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
