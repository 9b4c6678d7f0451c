/** Views of a page that belong together; a group of one is its view. */
export interface Group<View extends string> {
  id: string;
  views: readonly View[];
}

export const groupOf = <View extends string>(groups: readonly Group<View>[], view: View): Group<View> | undefined =>
  groups.find((one) => one.views.includes(view));

/** The view that the address names, else the first. */
export function viewFromAddress<View extends string>(groups: readonly Group<View>[], first: View): View {
  const asked = location.hash.slice(1).split("/")[0];
  return groups.flatMap((one) => one.views).find((one) => one === asked) ?? first;
}
