/** Where in the console one is: the address's part after `#`, so that any place can be linked to and survives a reload. */
export type Route =
  | { readonly page: "try"; readonly action?: string; readonly requestId?: string }
  | { readonly page: "requests" }
  | { readonly page: "request"; readonly tenantId: string; readonly requestId: string }
  | { readonly page: "dead-letters" }
  | { readonly page: "connections" }
  | { readonly page: "flow" };

/** What has no place leads to *Try it*. */
export function routeOf(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [page, ...rest] = path.split("/").map(decoded);
  const [tenantId, requestId] = rest;
  switch (page) {
    case "requests":
      return tenantId !== undefined && requestId !== undefined ? { page: "request", tenantId, requestId } : { page: "requests" };
    case "dead-letters":
    case "connections":
    case "flow":
      return { page };
    default: {
      const parameters = new URLSearchParams(query);
      const action = parameters.get("action");
      const followed = parameters.get("request");
      return { page: "try", ...(action === null ? {} : { action }), ...(followed === null ? {} : { requestId: followed }) };
    }
  }
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case "try": {
      const query = new URLSearchParams();
      if (route.action !== undefined) query.set("action", route.action);
      if (route.requestId !== undefined) query.set("request", route.requestId);
      return query.size === 0 ? "#/try" : `#/try?${query.toString()}`;
    }
    case "request":
      return `#/requests/${encodeURIComponent(route.tenantId)}/${encodeURIComponent(route.requestId)}`;
    default:
      return `#/${route.page}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
