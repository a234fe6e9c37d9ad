/** `k8s-demo/namespace/customer1:edit`, in its parts. */
export interface Target {
  whole: string;
  integration: string;
  type: string;
  resource: string;
  permission: string;
}

/** Reads a target as the API writes it. One that does not read is shown as it is. */
export function target(whole: string): Target {
  const parts = /^([^/]+)\/([^/]+)\/(.+):([^:]+)$/.exec(whole);
  const [, integration = "", type = "", resource = whole, permission = ""] = parts ?? [];
  return { whole, integration, type, resource, permission };
}

/** The resource of a target, whatever its permission: what one row of a list is. */
export function resourceKey(of: Pick<Target, "integration" | "type" | "resource">): string {
  return `${of.integration}/${of.type}/${of.resource}`;
}

/** "customer1", "customer1 and customer2", "customer1 and 2 more" */
export function named(targets: readonly Target[]): string {
  const [first, second, ...more] = [...new Set(targets.map((each) => each.resource))];
  if (second === undefined) return first ?? "nothing";
  return more.length === 0 ? `${first} and ${second}` : `${first} and ${more.length + 1} more`;
}

/** "namespace on k8s-demo" */
export function where(of: Target): string {
  return of.type === "" ? "" : `${of.type} on ${of.integration}`;
}

/** "ada", "ada or ben", "ada, ben or eve" */
export function anyOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "nobody";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

/** Whether a name says that it is of production: one of its words does. */
export function isProduction(name: string): boolean {
  return name.split(/[^A-Za-z0-9]+/).some((word) => /^(prod|production|prd|live)$/i.test(word));
}

/** The system of production that these targets touch, if one does. */
export function production(targets: readonly Target[]): Target | undefined {
  return targets.find((each) => isProduction(each.integration) || isProduction(each.resource));
}

/** A word as a shell reads it: in quotes only where it needs them. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The one command that shows how to use a request's access. */
export function accessCommand(number: string): string {
  return `bellhop access ${quoted(number)} --add-context`;
}

/** What to try once the context is there. */
export function tryCommand(integration: string, namespace: string | undefined): string {
  const within = namespace === undefined ? "" : ` -n ${quoted(namespace)}`;
  return `kubectl get pods${within} --context ${quoted(`bellhop-${integration}`)}`;
}
