/** A GraphQL operation with the types of its answer and its variables. */
export type Operation<Result, Variables> = {
  name: string;
  text: string;
  /** Never set: it carries the two types. */
  types?: { result: Result; variables: Variables };
};
