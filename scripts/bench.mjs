// `npm run bench`: prepares what it needs and measures.
import { join } from 'node:path';
import { prepare, run } from './prepare.mjs';

prepare();
run(join('node_modules', '.bin', 'tsx'), ['bench/main.ts', ...process.argv.slice(2)]);
