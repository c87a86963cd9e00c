import { SluiceError } from '../errors.js';

/** Names one object. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  /** Left out for objects of the whole cluster. */
  namespace?: string | undefined;
}

/** How a kind appears in paths. */
export interface Resource {
  /** Plural, such as `externalsecrets`. */
  name: string;
  kind: string;
  namespaced: boolean;
}

/** `/api/v1` or `/apis/<group>/<version>`. */
export function formatGroupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * Path of a collection, in one namespace or in all, or of one object in it.
 *
 * @throws SluiceError `NAMESPACE_MISSING` for one object of a namespaced kind without its namespace.
 */
export function formatResourcePath(
  resource: Resource,
  { apiVersion, name, namespace }: Omit<ObjectReference, 'kind' | 'name'> & { name?: string },
): string {
  if (resource.namespaced && name !== undefined && namespace === undefined) {
    throw new SluiceError({
      code: 'NAMESPACE_MISSING',
      message: `${resource.kind} ${name}: no namespace given, and this kind has one`,
    });
  }
  const place =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const rest = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${formatGroupPath(apiVersion)}${place}/${resource.name}${rest}`;
}

/** `ExternalSecret shop/shop-db`, for people. */
export function formatReference({
  kind,
  name,
  namespace,
}: Pick<ObjectReference, 'kind' | 'name' | 'namespace'>): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
