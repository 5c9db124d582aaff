/** Tools of the servers that MCP publishes on npm, as they list them themselves, with requests that need them. Reported on. */

import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Tool } from '../../src/domain/request.ts'
import { type Catalogue, casesOf } from './described.ts'

const servers = ['server-everything', 'server-filesystem', 'server-memory'] as const

export async function mcpServers(): Promise<Catalogue> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-tools-'))
  try {
    const tools: Tool[] = []
    for (const server of servers) tools.push(...(await toolsOf(server, folder)))
    return { tools, cases }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function toolsOf(server: (typeof servers)[number], folder: string): Promise<readonly Tool[]> {
  const manifest = createRequire(import.meta.url).resolve(`@modelcontextprotocol/${server}/package.json`)
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(dirname(manifest), 'dist', 'index.js'), ...(server === 'server-filesystem' ? [folder] : [])],
    stderr: 'ignore',
  })
  const client = new Client({ name: 'fairlead-bench', version: '1.0.0' })
  await client.connect(transport)
  try {
    const { tools } = await client.listTools()
    return tools.map(({ name, description, inputSchema }) => ({
      name,
      description: description ?? null,
      parameters: inputSchema,
      strict: null,
    }))
  } finally {
    await client.close()
  }
}

const cases = casesOf([
  ['What does /srv/app/config.yaml say?', 'read_text_file'],
  ['Show me the logo at assets/logo.png.', 'read_media_file'],
  ['Load a.txt, b.txt and c.txt for me at once.', 'read_multiple_files'],
  ['Save these notes as notes.md.', 'write_file'],
  ['Replace “colour” by “color” in readme.md.', 'edit_file'],
  ['Make a folder named reports.', 'create_directory'],
  ['What is in my downloads folder?', 'list_directory'],
  ['Which files of /data take up the most space?', 'list_directory_with_sizes'],
  ['Give me an overview of the whole project folder with everything nested in it.', 'directory_tree'],
  ['Rename draft.txt to final.txt.', 'move_file'],
  ['Where are all the .test.ts files?', 'search_files'],
  ['When was budget.xlsx last modified?', 'get_file_info'],
  ['Which folders may you touch?', 'list_allowed_directories'],
  ['Remember that Alice is an engineer.', 'create_entities'],
  ['Note that Alice works at Acme.', 'create_relations'],
  ['Also keep in mind that Alice likes tea.', 'add_observations'],
  ['Forget Bob altogether.', 'delete_entities'],
  ['Alice does not work at Acme any more.', 'delete_relations'],
  ['Alice no longer likes tea, drop that note.', 'delete_observations'],
  ['What do you know, all of it?', 'read_graph'],
  ['What do you remember about people who like tea?', 'search_nodes'],
  ['Repeat after me: hello.', 'echo'],
  ['What is 17 plus 25?', 'get-sum'],
  ['Which environment variables does the server have?', 'get-env'],
  ['Pretend to work on something that takes ten seconds.', 'trigger-long-running-operation'],
])
