import { type DataTypeNode, type KyselyPlugin, OperationNodeTransformer, type QueryId, RawNode } from 'kysely'

/**
 * Makes text columns compare by their bytes, as SQLite's do. A database's own rules of sorting skip signs and mix cases: pages
 * would be cut elsewhere, and indexes be larger and slower.
 */
export const bytewiseText: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
  transformResult: async ({ result }) => result,
}

class BytewiseText extends OperationNodeTransformer {
  protected override transformDataType(node: DataTypeNode, queryId?: QueryId): DataTypeNode {
    if (node.dataType !== 'text') return super.transformDataType(node, queryId)
    // Whatever compiles to the name of a type may stand here; Kysely's type says less than it takes.
    return RawNode.createWithSql('text collate "C"') as unknown as DataTypeNode
  }
}

const transformer = new BytewiseText()
