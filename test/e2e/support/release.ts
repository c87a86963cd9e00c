import { join } from 'node:path';
import { REPOSITORY } from '../../helpers/run-script.js';

/** The chart of this repository. */
export const CHART = join(REPOSITORY, 'chart');
