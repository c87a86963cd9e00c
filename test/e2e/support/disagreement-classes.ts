/** Why `validate()` and an API server may judge an object differently; docs/server-truth.md explains each by its id. */
export interface DisagreementClass {
  id: string;
  /** Who has something against the object. */
  refusedBy: 'server' | 'validate';
  /** Matches what the one who refuses says. */
  words: RegExp;
}

/** In the order in which they are tried: the last ones are the widest. */
export const DISAGREEMENT_CLASSES: readonly DisagreementClass[] = [
  {
    id: 'null-in-custom-resource',
    refusedBy: 'server',
    words: /Invalid value: "null": .* in body must be of type/u,
  },
  { id: 'null-list-entry', refusedBy: 'server', words: /may not have a null element/u },
  {
    id: 'one-of-several-fields',
    refusedBy: 'server',
    words:
      /must specify (?:one of|a handler type|a peer|a metric source type)|either `|must set either|may not specify more|must populate information|resource or service backend is required|port name or number is required/u,
  },
  {
    id: 'required-by-code',
    refusedBy: 'server',
    words: /Required value|must be specified|Unsupported value: ""/u,
  },
  {
    id: 'fields-that-contradict',
    refusedBy: 'server',
    words:
      /`selector` does not match|empty selector is invalid|less than or equal to (?:memory|cpu) (?:limit|request)|terminationGracePeriodSeconds/u,
  },
  { id: 'repeated-entries', refusedBy: 'server', words: /duplicate entries for key|Duplicate value/u },
  {
    id: 'number-out-of-range',
    refusedBy: 'server',
    words:
      /must be (?:between|greater|a number between|non-negative)|out of (?:int32 )?range|overflow|cannot convert|unable to convert|cannot be handled|strconv/u,
  },
  { id: 'fixed-word', refusedBy: 'server', words: /Unsupported value/u },
  { id: 'form-of-a-text', refusedBy: 'server', words: /Invalid value: "|looking up service account/u },
  { id: 'empty-means-default', refusedBy: 'validate', words: /^schema-(?:enum|required|value)$/u },
];

/** The class of a disagreement, or undefined where it is none that is known. */
export function classify(refusedBy: DisagreementClass['refusedBy'], words: string): string | undefined {
  return DISAGREEMENT_CLASSES.find((one) => one.refusedBy === refusedBy && one.words.test(words))?.id;
}
