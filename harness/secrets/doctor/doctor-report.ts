import type { DoctorCheck, DoctorCheckId, DoctorLink } from './doctor-checks.js';

/** Something that was seen, and where. */
export interface DoctorEvidence {
  /** Such as `condition`, `event`, `store`, `Secret`, `pod`. */
  from: string;
  /** Never a secret value. */
  text: string;
}

/** What a check has to say. */
export interface DoctorFinding {
  id: DoctorCheckId;
  /** Such as `ExternalSecret shop/shop-app`, `parameter /shop/prod/app`. */
  subject: string;
  /** One sentence. */
  message: string;
  /** Default: that of the check. */
  severity?: DoctorCheck['severity'];
  evidence: readonly DoctorEvidence[];
  /** A command to paste where there is one. */
  remedy: string;
  /** Name of the ExternalSecret whose chain it is about; undefined where it is about no single one. */
  chain?: string | undefined;
}

/** A finding in its place. */
export interface ReportedFinding extends DoctorFinding {
  link: DoctorLink;
  severity: DoctorCheck['severity'];
  /** Where it is explained. */
  page: string;
  /** Id of the finding at an earlier link of the same chain that explains this one. */
  follows?: DoctorCheckId | undefined;
}

/** How a check went. */
export interface CheckResult {
  id: DoctorCheckId;
  link: DoctorLink;
  state: 'fine' | 'warning' | 'error' | 'not-run';
  /** Why it was not run. */
  reason?: string | undefined;
}

/** What `doctor` has found, first the first broken link. */
export interface DoctorReport {
  namespace: string;
  /** Names of the ExternalSecrets that were followed. */
  externalSecrets: readonly string[];
  /** The first link of the chain that is broken, in the order in which values pass it. */
  firstBroken: ReportedFinding | undefined;
  /** In the order of the chain. */
  findings: readonly ReportedFinding[];
  checks: readonly CheckResult[];
  durationMs: number;
}
