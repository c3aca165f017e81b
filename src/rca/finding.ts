import type { Evidence, Gap, RcaDimension } from '../domain/rca.ts';

/** One dimension's word for one candidate cause. `kind` null: whatever the kind; `resourceId` null: wherever it shows. */
export interface Finding {
  readonly resourceId: string | null;
  readonly kind: string | null;
  readonly strength: number; // 0..1; how strongly this dimension alone points there
  readonly evidence: readonly Evidence[];
  /** It can only back a cause that shows otherwise: text never makes one up. */
  readonly backs?: true;
}

export interface DimensionResult {
  readonly dimension: RcaDimension;
  readonly findings: readonly Finding[];
  /** What speaks against a resource as the cause; lowers it, never adds it. */
  readonly against: readonly Finding[];
  readonly gaps: readonly Gap[];
}
