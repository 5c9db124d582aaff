import { expect, test } from 'vitest'
import { loadTransformers } from './transformers-library.ts'

const failingWith = (error: Error & { readonly code?: string }) =>
  loadTransformers('The text model acme/tiny', () => Promise.reject(error))

test('a package that is not installed is named, with the command that installs it', async () => {
  const absent = Object.assign(new Error("Cannot find package '@huggingface/transformers' imported from x"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  await expect(failingWith(absent)).rejects.toMatchObject({
    name: 'TextModelError',
    message:
      'The text model acme/tiny needs the package @huggingface/transformers, which is not installed. Run: npm install --ignore-scripts @huggingface/transformers@4',
  })
})

test('one that does not load here says why', async () => {
  const broken = new Error('libonnxruntime.so.1: cannot open shared object file\nmore')
  await expect(failingWith(broken)).rejects.toThrow(
    "which can't be loaded here (libonnxruntime.so.1: cannot open shared object file). Run:",
  )
})
