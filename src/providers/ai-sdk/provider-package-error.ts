/** A package that the configuration names can't be used: what to install, or what to write instead. */
export class ProviderPackageError extends Error {
  override readonly name = 'ProviderPackageError'
}
