import type { Journal, RotationFiles } from './rotation-files.js';
import { describePlace } from './rotation-plan.js';

/** A place that was written. */
export interface WrittenPlace {
  place: string;
  names: readonly string[];
  versionBefore: string | undefined;
  versionAfter: string | undefined;
}

/** Notes an event of a rotation, once. */
export async function note(
  files: RotationFiles,
  { id, who, action, places }: Journal,
  event: 'started' | 'written' | 'finished' | 'undone',
): Promise<void> {
  await files.log({
    ...{ time: new Date().toISOString(), id, who, event, action },
    names: places.flatMap((one) => one.names),
    places: places.map(({ place, versionBefore, versionAfter }) => ({
      ...{ place: describePlace(place), from: versionBefore, to: versionAfter },
    })),
  });
}

/** The places of a journal for the report. */
export function listWritten({ places }: Pick<Journal, 'places'>): WrittenPlace[] {
  return places.map(({ place, names, versionBefore, versionAfter }) => ({
    ...{ place: describePlace(place), names, versionBefore, versionAfter },
  }));
}
