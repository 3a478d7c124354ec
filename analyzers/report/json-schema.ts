import { toJsonSchema } from '@valibot/to-json-schema';
import { reportSchema } from './schema';

/** JSON Schema (draft 7) of the report, for other programs; shipped as dist/report.schema.json. */
export function reportJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = toJsonSchema(reportSchema);
  return {
    $schema,
    $id: 'hotloop/1',
    title: 'Hotloop report',
    description: 'Unknown fields are ignored: a report may grow within hotloop/1.',
    ...schema,
  };
}
