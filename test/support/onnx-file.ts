/**
 * The bytes of an ONNX model, written by hand: protocol buffers with the few fields that a graph of some nodes needs.
 * Field numbers are those of onnx.proto3 (IR version 8).
 */
export type OnnxNode = {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number>>
}

export type OnnxTensor = {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

export type OnnxValue = {
  readonly name: string
  readonly type: 'float' | 'int64'
  /** A name is a dimension of any size. */
  readonly shape: readonly (number | string)[]
}

export type OnnxGraph = {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly nodes: readonly OnnxNode[]
  readonly weights: readonly OnnxTensor[]
}

const elementTypes = { float: 1, int64: 7 } as const
const integerAttribute = 2

export function onnxFile({ inputs, outputs, nodes, weights }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeBytes(node))),
    text(2, 'graph'),
    ...weights.map((tensor) => message(5, tensorBytes(tensor))),
    ...inputs.map((value) => message(11, valueBytes(value))),
    ...outputs.map((value) => message(12, valueBytes(value))),
  ]
  const operators = [text(1, ''), integer(2, 13)]
  return Buffer.concat([integer(1, 8), message(7, graph), message(8, operators)])
}

const nodeBytes = ({ type, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array[] => [
  ...inputs.map((name) => text(1, name)),
  ...outputs.map((name) => text(2, name)),
  text(4, type),
  ...Object.entries(attributes).map(([name, value]) =>
    message(5, [text(1, name), integer(3, value), integer(20, integerAttribute)]),
  ),
]

const tensorBytes = ({ name, dims, values }: OnnxTensor): Uint8Array[] => [
  ...dims.map((size) => integer(1, size)),
  integer(2, values instanceof Float32Array ? elementTypes.float : elementTypes.int64),
  text(8, name),
  message(9, [new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]),
]

const valueBytes = ({ name, type, shape }: OnnxValue): Uint8Array[] => {
  const sizes = shape.map((size) => message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]))
  return [text(1, name), message(2, [message(1, [integer(1, elementTypes[type]), message(2, sizes)])])]
}

const text = (field: number, value: string): Uint8Array => message(field, [Buffer.from(value)])

const integer = (field: number, value: number): Uint8Array =>
  Buffer.from([...varint(field * 8), ...varint(value)])

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}
