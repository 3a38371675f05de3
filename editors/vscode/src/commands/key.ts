// The API key: kept in the editor's secret storage, given to the server in its environment, and shown nowhere.

import { window, workspace, type Disposable, type SecretStorage } from "vscode";
import { SECTION } from "../client/settings";

const NAME = "lastmile.apiKey";
const VARIABLE = "ANTHROPIC_API_KEY";

/** Asks for the key and keeps it; an empty one is forgotten. */
export async function setKey(secrets: SecretStorage): Promise<void> {
  const key = await window.showInputBox({
    title: "Lastmile: API key of Anthropic",
    prompt: "It is kept in the editor's secret storage and is in no setting. Leave it empty to forget it.",
    password: true,
    ignoreFocusOut: true,
  });
  if (key !== undefined) {
    await (key.trim() === "" ? secrets.delete(NAME) : secrets.store(NAME, key.trim()));
  }
}

/** Calls back when the key has changed, in this window or in another. */
export function onKeyChange(secrets: SecretStorage, listener: () => void): Disposable {
  return secrets.onDidChange((event) => {
    if (event.key === NAME) {
      listener();
    }
  });
}

/** Gives the environment of the server: ours, with the key where there is one. */
export async function withKey(env: NodeJS.ProcessEnv, secrets: SecretStorage): Promise<NodeJS.ProcessEnv> {
  const key = await secrets.get(NAME);
  const named = workspace.getConfiguration(SECTION).inspect("claude.keyVariable")?.globalValue;
  const variable = typeof named === "string" && named !== "" ? named : VARIABLE;
  return key === undefined ? env : { ...env, [variable]: key };
}
