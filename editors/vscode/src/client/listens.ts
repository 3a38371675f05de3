// Says to the server that its status is shown, so that it tells when that changes by itself.

import type { StaticFeature } from "vscode-languageclient";

/** What the server then sends; docs/clients.md says so to all clients. */
export const STATUS_CHANGED = "lastmile/statusChanged";

/** The capability. What has changed is asked for. */
export const listens: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), lastmileStatus: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};
