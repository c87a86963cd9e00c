import fc from 'fast-check';

// A run can be repeated; SLUICE_TEST_SEED=$RANDOM looks elsewhere.
fc.configureGlobal({ seed: Number(process.env['SLUICE_TEST_SEED'] ?? 20_261_122) });
