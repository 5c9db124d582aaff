import { isAbsolute, resolve as absolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'
import type { Vendor, VendorLibrary } from '../../domain/vendor.ts'
import type { ProviderFactory } from './language-model.ts'
import { ProviderPackageError } from './provider-package-error.ts'

export type LibraryVendor = Pick<Vendor, 'name'> & { readonly library: VendorLibrary }

/**
 * The factory of the package that a vendor names. It is looked for where the configuration is, and then where Fairlead is
 * installed.
 *
 * @param folder the configuration's
 * @throws ProviderPackageError where it is not installed, does not run here, or has no such factory
 */
export async function loadPackage(vendor: LibraryVendor, folder: string): Promise<ProviderFactory> {
  const { package: name, export: wanted } = vendor.library
  const found = await importFrom(name, folder, vendor.name)
  return wanted === null ? onlyFactory(found, vendor) : namedFactory(found, wanted, vendor)
}

type Module = Readonly<Record<string, unknown>>

async function importFrom(name: string, folder: string, vendor: string): Promise<Module> {
  try {
    return await import(placeOf(name, folder))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isFile = isPath(name)
    // The package itself, and not something that it would need.
    const missing = code === 'ERR_MODULE_NOT_FOUND' && (isFile || message.includes(`'${name}'`))
    if (missing && isFile)
      throw problem(vendor, `there is no ${name} in ${folder}. Check vendors.${vendor}.package.`)
    if (missing) throw problem(vendor, `the package ${name} is not installed. Run: npm install ${name}`)
    throw problem(
      vendor,
      `the package ${name} can't be loaded here (${firstLine(message)}). Install it again.`,
    )
  }
}

const isPath = (name: string): boolean => name.startsWith('.') || isAbsolute(name)

function placeOf(name: string, folder: string): string {
  if (isPath(name)) return pathToFileURL(absolute(folder, name)).href
  // `import` alone looks beside Fairlead, which may be installed elsewhere than the user's packages.
  return createJiti(pathToFileURL(`${folder}/`).href).esmResolve(name, { try: true }) ?? name
}

function namedFactory(found: Module, wanted: string, { name, library }: LibraryVendor): ProviderFactory {
  const factory = found[wanted]
  if (typeof factory === 'function') return factory as ProviderFactory
  const names = factoryNames(found)
  const remedy = names.length === 0 ? 'It has no create… function at all.' : `It has ${names.join(', ')}.`
  throw problem(name, `the package ${library.package} exports no function ${wanted}. ${remedy}`)
}

function onlyFactory(found: Module, { name, library }: LibraryVendor): ProviderFactory {
  const names = factoryNames(found)
  const [only, another] = names
  if (only === undefined)
    throw problem(
      name,
      `the package ${library.package} exports no create… function. Write vendors.${name}.export.`,
    )
  if (another !== undefined)
    throw problem(
      name,
      `the package ${library.package} exports several create… functions (${names.join(', ')}). Write which one under vendors.${name}.export.`,
    )
  return found[only] as ProviderFactory
}

const factoryNames = (found: Module): readonly string[] =>
  Object.keys(found).filter((name) => /^create[A-Z]/.test(name) && typeof found[name] === 'function')

const problem = (vendor: string, what: string): ProviderPackageError =>
  new ProviderPackageError(`The vendor ${vendor} can't be used: ${what}`)

const firstLine = (message: string): string => message.split('\n')[0]!.trim()
