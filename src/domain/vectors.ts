/** What a shared database says about keeping and searching vectors; words for people where it cannot. */
export type VectorsLook = { readonly ready: true; readonly version: string } | { readonly ready: false; readonly reason: string; readonly fix: string };

export interface PatternVector {
  readonly patternId: string;
  readonly text: string; // digest of the text it stands for
  readonly vector: Float32Array; // of length one
}

export interface NearPattern {
  readonly patternId: string;
  readonly text: string;
  readonly distance: number; // Euclidean
}

/**
 * Vectors of patterns in a database that several processes share, one copy for all. Those of one `profile` (who made them, and how) can be
 * compared; those of different ones are never looked at together. Errors: OpsError('unavailable'), or what the driver threw.
 */
export interface PatternVectors {
  /** Whether it can be done here; changes nothing. */
  look(): Promise<VectorsLook>;
  /** Makes what is missing for it. Before anything else here, and again after errors. */
  prepare(): Promise<VectorsLook>;
  /** All of them or none. */
  put(profile: string, vectors: readonly PatternVector[]): Promise<void>;
  /** Of every profile. */
  remove(patternIds: readonly string[]): Promise<void>;
  /** Digests of the texts that have a vector, by pattern. */
  texts(profile: string): Promise<ReadonlyMap<string, string>>;
  /** null: of all patterns. */
  of(profile: string, patternIds: readonly string[] | null): Promise<readonly PatternVector[]>;
  /** The nearest first, by an exact search; null: among all patterns. */
  near(profile: string, vector: Float32Array, limit: number, patternIds: readonly string[] | null): Promise<readonly NearPattern[]>;
  /** This profile is in use; those that nobody has used for a week go, and vectors of patterns that are gone. */
  tidy(profile: string): Promise<void>;
}
