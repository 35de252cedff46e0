import type { MetricsSnapshot } from '../kernel/metrics.ts';

/** What a process tells the main process. */
export type ToMain =
  /** It serves, or does the background work. */
  | { readonly kind: 'ready' }
  /** It cannot start, for this reason in one line; it ends next. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Somebody wants to read what all processes count; asks for `counted` with the same number. */
  | { readonly kind: 'count all'; readonly question: number }
  /** What it counts itself, in answer to `count`. */
  | { readonly kind: 'own count'; readonly question: number; readonly snapshot: MetricsSnapshot };

/** What the main process tells a process. */
export type FromMain =
  /** Finish what is running, and end. */
  | { readonly kind: 'stop' }
  /** Say what you count. */
  | { readonly kind: 'count'; readonly question: number }
  /** What all count, as Prometheus reads it. */
  | { readonly kind: 'counted'; readonly question: number; readonly text: string };
