export { defineConfig, type FairleadConfig } from './config/define-config.ts'
