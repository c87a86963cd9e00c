import type { Rule } from '../rule.js';
import { apiVersionRule } from './api-version.js';
import { argumentReference } from './argument-reference.js';
import { danglingReference } from './dangling-reference.js';
import { duplicateKey } from './duplicate-key.js';
import { duplicateMountPath } from './duplicate-mount-path.js';
import { duplicateObject } from './duplicate-object.js';
import { emptySelection } from './empty-selection.js';
import { envDuplicate } from './env-duplicate.js';
import { envName } from './env-name.js';
import { envReference } from './env-reference.js';
import { envShadowed } from './env-shadowed.js';
import { envShellName } from './env-shell-name.js';
import { envSource } from './env-source.js';
import { externalSecretContent } from './external-secret-content.js';
import { externalSecretDeletion } from './external-secret-deletion.js';
import { externalSecretDrift } from './external-secret-drift.js';
import { externalSecretEmpty } from './external-secret-empty.js';
import { externalSecretInterval } from './external-secret-interval.js';
import { externalSecretKeyTwice } from './external-secret-key-twice.js';
import { externalSecretMerge } from './external-secret-merge.js';
import { externalSecretRefresh } from './external-secret-refresh.js';
import { externalSecretSource } from './external-secret-source.js';
import { externalSecretTarget } from './external-secret-target.js';
import { externalSecretVersion } from './external-secret-version.js';
import { labelSyntax } from './label-syntax.js';
import { missingKey } from './missing-key.js';
import { objectName } from './object-name.js';
import { objectSize } from './object-size.js';
import { parameterStoreCost } from './parameter-store-cost.js';
import { partName } from './part-name.js';
import { refreshInterval } from './refresh-interval.js';
import { scaleConflict } from './scale-conflict.js';
import { schemaEnum } from './schema-enum.js';
import { schemaRequired } from './schema-required.js';
import { schemaType } from './schema-type.js';
import { schemaUnknownField } from './schema-unknown-field.js';
import { schemaValue } from './schema-value.js';
import { secretInPlainSight } from './secret-in-plain-sight.js';
import { secretRendered } from './secret-rendered.js';
import { secretStore } from './secret-store.js';
import { unknownKind } from './unknown-kind.js';
import { unknownPort } from './unknown-port.js';
import { unknownVolume } from './unknown-volume.js';

/** Every rule of `validate()`, in the order in which docs/rules.md has them. */
export const ALL_RULES: readonly Rule[] = [
  schemaType,
  schemaUnknownField,
  schemaRequired,
  schemaEnum,
  schemaValue,
  unknownKind,
  apiVersionRule,
  duplicateKey,
  duplicateObject,
  objectName,
  partName,
  labelSyntax,
  objectSize,
  danglingReference,
  missingKey,
  unknownPort,
  unknownVolume,
  duplicateMountPath,
  emptySelection,
  scaleConflict,
  envName,
  envReference,
  envDuplicate,
  envSource,
  envShadowed,
  envShellName,
  argumentReference,
  externalSecretEmpty,
  externalSecretSource,
  externalSecretInterval,
  externalSecretTarget,
  externalSecretMerge,
  externalSecretKeyTwice,
  externalSecretContent,
  externalSecretRefresh,
  externalSecretDeletion,
  externalSecretVersion,
  externalSecretDrift,
  secretStore,
  refreshInterval,
  parameterStoreCost,
  secretInPlainSight,
  secretRendered,
];
