import type { z } from 'zod';

/** Describes holds a schema to a view: `satisfies Describes<TaskView>` fails when a field of the view is not documented. */
export type Describes<View> = z.ZodType & { readonly shape: { readonly [Field in keyof Required<View>]: z.ZodType } };
