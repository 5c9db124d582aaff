declare const brand: unique symbol

/** A value of type `T` that must not be mixed with other values of type `T`: made once, where it enters. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
