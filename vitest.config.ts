import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One less than there are cores, which is what is used otherwise, is half of two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'dashboard/src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        // Real clients, real processes, the data folder: the second stage of CI.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/build.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // Real PostgreSQL, Redis, Prometheus: Debian's packages, which .ci/run installs.
        test: {
          name: 'services',
          include: ['test/services/**/*.test.ts'],
          globalSetup: ['test/e2e/build.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // The dashboard in Debian's Chromium, which .ci/run installs.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/e2e/build.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // Text models. Before it: npm install --no-save --ignore-scripts @huggingface/transformers@4.3.1
        test: {
          name: 'onnx',
          include: ['test/onnx/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
})
