// The API key: kept in the editor's secret storage, given to the server in its environment, and shown nowhere.

import { window, workspace, type SecretStorage } from "vscode";
import { SECTION } from "../client/settings";

const NAME = "lastmile.apiKey";
const VARIABLE = "ANTHROPIC_API_KEY";

/** Asks for the key and keeps it; an empty one is forgotten. Tells whether anything changed. */
export async function setKey(secrets: SecretStorage): Promise<boolean> {
  const key = await window.showInputBox({
    title: "Lastmile: API key of Anthropic",
    prompt: "It is kept in the editor's secret storage and is in no setting. Leave it empty to forget it.",
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) {
    return false;
  }
  await (key.trim() === "" ? secrets.delete(NAME) : secrets.store(NAME, key.trim()));
  return true;
}

/** Gives the environment of the server: ours, with the key where there is one. */
export async function withKey(env: NodeJS.ProcessEnv, secrets: SecretStorage): Promise<NodeJS.ProcessEnv> {
  const key = await secrets.get(NAME);
  const named = workspace.getConfiguration(SECTION).inspect("claude.keyVariable")?.globalValue;
  const variable = typeof named === "string" && named !== "" ? named : VARIABLE;
  return key === undefined ? env : { ...env, [variable]: key };
}
