/** A client's connection: HTTP/1.1 over a bare socket, one request at a time, kept alive. It costs the load generator little. */
import { connect, type Socket } from 'node:net'

export type Origin = { readonly host: string; readonly port: number }

export type ReplySeen = {
  /** 0 where the connection broke before the reply was whole. */
  readonly status: number
  /** Server-sent events of the body. */
  readonly events: number
  /** The last bytes of the body, to tell a whole stream from a cut one. */
  readonly tail: string
  /** `hrtime` milliseconds of the first byte of the body. */
  readonly firstByteAt: number
}

export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

const tailBytes = 32
const lineFeed = 10
const nobody = (): void => {}

type Place = 'headers' | 'counted-body' | 'chunk-size' | 'chunk' | 'after-chunk'

export class Connection {
  readonly #socket: Socket
  #onReply: (reply: ReplySeen) => void = nobody
  #place: Place = 'headers'
  #pending: Buffer | null = null
  #left = 0
  #status = 0
  #events = 0
  #lastByte = 0
  #tail: Buffer = Buffer.alloc(0)
  #firstByteAt = 0
  #keptAlive = true
  #closed = false

  constructor({ host, port }: Origin) {
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    this.#socket.on('error', nobody)
    this.#socket.on('close', () => {
      this.#closed = true
      this.#finish(0)
    })
  }

  /** Whether another request may be sent over it. */
  get usable(): boolean {
    return this.#keptAlive && !this.#closed
  }

  send(request: Buffer, onReply: (reply: ReplySeen) => void): void {
    this.#place = 'headers'
    this.#pending = null
    this.#status = 0
    this.#events = 0
    this.#lastByte = 0
    this.#tail = Buffer.alloc(0)
    this.#firstByteAt = 0
    this.#onReply = onReply
    if (this.#closed) this.#finish(0)
    else this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #finish(status: number): void {
    const onReply = this.#onReply
    this.#onReply = nobody
    onReply({
      status,
      events: this.#events,
      tail: this.#tail.toString('latin1'),
      firstByteAt: this.#firstByteAt,
    })
  }

  #read(arrived: Buffer): void {
    let bytes = this.#pending === null ? arrived : Buffer.concat([this.#pending, arrived])
    this.#pending = null
    while (bytes.length > 0) {
      const used = this.#step(bytes)
      if (used === null) {
        this.#pending = bytes
        return
      }
      bytes = bytes.subarray(used)
    }
  }

  /** Reads one piece of the reply and returns its length; `null` where more must come first. */
  #step(bytes: Buffer): number | null {
    switch (this.#place) {
      case 'headers':
        return this.#readHeaders(bytes)
      case 'counted-body': {
        const length = Math.min(bytes.length, this.#left)
        this.#noteBody(bytes.subarray(0, length))
        this.#left -= length
        if (this.#left === 0) this.#endReply()
        return length
      }
      case 'chunk-size': {
        const end = bytes.indexOf('\r\n', 0, 'latin1')
        if (end === -1) return null
        this.#left = Number.parseInt(bytes.toString('latin1', 0, end), 16)
        this.#place = this.#left === 0 ? 'after-chunk' : 'chunk'
        return end + 2
      }
      case 'chunk': {
        const length = Math.min(bytes.length, this.#left)
        this.#noteBody(bytes.subarray(0, length))
        this.#left -= length
        if (this.#left > 0) return length
        this.#place = 'after-chunk'
        this.#left = -1
        return length
      }
      case 'after-chunk': {
        if (bytes.length < 2) return null
        if (this.#left === 0) this.#endReply()
        else this.#place = 'chunk-size'
        return 2
      }
    }
  }

  #readHeaders(bytes: Buffer): number | null {
    const end = bytes.indexOf('\r\n\r\n', 0, 'latin1')
    if (end === -1) return null
    const text = bytes.toString('latin1', 0, end).toLowerCase()
    this.#status = Number(text.slice(9, 12))
    if (text.includes('\r\nconnection: close')) this.#keptAlive = false
    const length = /\r\ncontent-length: *(\d+)/.exec(text)
    this.#left = length === null ? 0 : Number(length[1])
    this.#place = length === null ? 'chunk-size' : 'counted-body'
    if (length !== null && this.#left === 0) this.#endReply()
    return end + 4
  }

  #noteBody(bytes: Buffer): void {
    if (this.#firstByteAt === 0) this.#firstByteAt = nowMs()
    if (bytes[0] === lineFeed && this.#lastByte === lineFeed) this.#events++
    for (let at = bytes.indexOf('\n\n', 0, 'latin1'); at !== -1; at = bytes.indexOf('\n\n', at + 2, 'latin1'))
      this.#events++
    this.#lastByte = bytes[bytes.length - 1] ?? 0
    this.#tail =
      bytes.length >= tailBytes
        ? bytes.subarray(-tailBytes)
        : Buffer.concat([this.#tail, bytes]).subarray(-tailBytes)
  }

  #endReply(): void {
    this.#place = 'headers'
    this.#finish(this.#status)
  }
}
