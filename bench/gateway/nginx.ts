import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Origin } from './connection.ts'
import type { Absent, Contender, Surroundings } from './contender.ts'
import { aFreePort, untilServing } from './ports.ts'
import { start } from './process.ts'

/** A reverse proxy that reads nothing of what it passes on: the floor for any gateway. One process, its access log on. */
export async function startNginx(binary: string, surroundings: Surroundings): Promise<Contender | Absent> {
  const { upstream, core, folder } = surroundings
  const version = versionOf(binary)
  if (version === null)
    return { name: 'nginx', absent: `\`${binary}\` could not be run; install nginx, or name it with --nginx` }
  const origin = { host: '127.0.0.1', port: await aFreePort() }
  writeFileSync(join(folder, 'nginx.conf'), configuration(origin, upstream))
  mkdirSync(join(folder, 'temporary'))
  const { pid, stop } = start(binary, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { core })
  await untilServing(origin)
  return { name: 'nginx', version, origin, headers: {}, model: 'auto', pid, streams: true, stop }
}

const versionOf = (binary: string): string | null =>
  /nginx\/(\S+)/.exec(spawnSync(binary, ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1] ?? null

const configuration = (origin: Origin, upstream: Origin): string => `
daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 8192; }
http {
  access_log access.log combined;
  client_body_temp_path temporary/body;
  proxy_temp_path temporary/proxy;
  fastcgi_temp_path temporary/fastcgi;
  uwsgi_temp_path temporary/uwsgi;
  scgi_temp_path temporary/scgi;
  keepalive_requests 1000000000;
  upstream vendor {
    server ${upstream.host}:${upstream.port};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen ${origin.host}:${origin.port};
    location / {
      proxy_pass http://vendor;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_buffering off;
    }
  }
}
`
