import type { IamPolicy, IamStatement } from './iam-policy.js';

/** What stands in a policy for what Terraform finds out by itself. */
export const TERRAFORM_PLACE = {
  partition: '${data.aws_partition.current.partition}',
  region: '${data.aws_region.current.id}',
  account: '${data.aws_caller_identity.current.account_id}',
} as const;

/**
 * A policy as Terraform writes it: a document, and a policy made of it. `name` is that of the policy.
 *
 * References of {@link TERRAFORM_PLACE} stay references; everything else is quoted.
 */
export function formatTerraform(policy: IamPolicy, name: string): string {
  const label = name.toLowerCase().replaceAll(/[^a-z0-9_]/gu, '_');
  const text = JSON.stringify(policy);
  const sources = (['aws_caller_identity', 'aws_partition', 'aws_region'] as const)
    .filter((source) => text.includes(`data.${source}.`))
    .map((source) => `data "${source}" "current" {}\n`);
  return [
    ...sources,
    sources.length > 0 ? '\n' : '',
    `data "aws_iam_policy_document" "${label}" {\n`,
    policy.Statement.map(formatStatement).join('\n'),
    '}\n\n',
    `resource "aws_iam_policy" "${label}" {\n`,
    ...formatArguments('  ', { name: quote(name), policy: `data.aws_iam_policy_document.${label}.json` }).map(
      (line) => `${line}\n`,
    ),
    '}\n',
  ].join('');
}

function formatStatement({ Sid, Action, Resource, Condition = {} }: IamStatement): string {
  const conditions = Object.entries(Condition).flatMap(([test, variables]) =>
    Object.entries(variables).flatMap(([variable, values]) => [
      '',
      '    condition {',
      ...formatArguments('      ', {
        test: quote(test),
        variable: quote(variable),
        values: formatList([values].flat(), '      '),
      }),
      '    }',
    ]),
  );
  return [
    '  statement {',
    ...formatArguments('    ', {
      sid: quote(Sid),
      actions: formatList(Action, '    '),
      resources: formatList(Resource, '    '),
    }),
    ...conditions,
    '  }',
    '',
  ].join('\n');
}

/** As `terraform fmt` has it: neighbours that take one line have their equals signs below each other. */
function formatArguments(indent: string, values: Readonly<Record<string, string>>): string[] {
  const all = Object.entries(values);
  const isShort = (at: number): boolean => all[at] !== undefined && !all[at][1].includes('\n');
  return all.map(([name, value], at) => {
    let [first, last] = [at, at];
    while (isShort(at) && isShort(first - 1)) first -= 1;
    while (isShort(at) && isShort(last + 1)) last += 1;
    const width = Math.max(...all.slice(first, last + 1).map(([other]) => other.length));
    return `${indent}${name.padEnd(width)} = ${value}`;
  });
}

function formatList(items: readonly string[], indent: string): string {
  if (items.length === 1) return `[${quote(items[0] ?? '')}]`;
  return `[\n${items.map((item) => `${indent}  ${quote(item)},\n`).join('')}${indent}]`;
}

const OWN = Object.values(TERRAFORM_PLACE);

/** A string of HCL: `${` and `%{` of others begin no template. */
function quote(text: string): string {
  const parts = [text];
  for (const reference of OWN) {
    parts.splice(
      0,
      parts.length,
      ...parts.flatMap((part) => (OWN.includes(part as never) ? [part] : splitKeeping(part, reference))),
    );
  }
  const inner = parts.map((part) => (OWN.includes(part as never) ? part : escapeText(part))).join('');
  return `"${inner}"`;
}

function splitKeeping(text: string, separator: string): string[] {
  return text.split(separator).flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}

function escapeText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[$%](?=\{)/gu, '$&$&');
}
