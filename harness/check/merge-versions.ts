import type { Issue } from '../validate/issue.js';

export interface VersionIssues {
  /** Undefined where no version was asked for. */
  version: string | undefined;
  issues: readonly Issue[];
}

/** Findings of several Kubernetes versions as one list: each once, with the versions it holds for where not for all. */
export function mergeVersions(results: readonly VersionIssues[]): Issue[] {
  const merged = new Map<string, { issue: Issue; versions: string[] }>();
  for (const { version, issues } of results) {
    for (const issue of issues) {
      const key = JSON.stringify({ ...issue, source: undefined });
      const known = merged.get(key) ?? { issue, versions: [] };
      if (version !== undefined && !known.versions.includes(version)) known.versions.push(version);
      merged.set(key, known);
    }
  }
  return [...merged.values()].map(({ issue, versions }) =>
    versions.length === 0 || versions.length === results.length
      ? issue
      : { ...issue, message: `${issue.message} (Kubernetes ${versions.join(', ')})` },
  );
}
