// The API key: kept in the editor's secret storage, given to the server in its environment, and shown nowhere.

import { window, workspace, type Disposable, type SecretStorage } from "vscode";
import { SECTION } from "../client/settings";
import { keptNow } from "../status/words";

const NAME = "lastmile.apiKey";
const VARIABLE = "ANTHROPIC_API_KEY";

/** Asks for the key and keeps it; an empty one is forgotten. Says what came of it. */
export async function setKey(secrets: SecretStorage, isServed: () => boolean): Promise<void> {
  const isKept = (await secrets.get(NAME)) !== undefined;
  const empty = isKept ? "One is kept now; leave this empty to forget it." : "None is kept now.";
  const key = await window.showInputBox({
    title: "Lastmile: API key of Anthropic",
    prompt: `It goes into the editor's secret storage and into no setting. ${empty}`,
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) {
    return;
  }
  const given = key.trim();
  const served = isServed(); // before the change has it started anew
  await (given === "" ? secrets.delete(NAME) : secrets.store(NAME, given));
  void window.showInformationMessage(keptNow(given !== "", isKept, served));
}

/** Says in a few words where the server has the key from. */
export async function keyState(env: NodeJS.ProcessEnv, secrets: SecretStorage): Promise<string> {
  if ((await secrets.get(NAME)) !== undefined) {
    return "kept in the editor's secret storage";
  }
  return (env[variable()] ?? "") === "" ? "none is set" : `from the variable ${variable()}`;
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
  return key === undefined ? env : { ...env, [variable()]: key };
}

/** Names the variable that the server reads the key from. */
function variable(): string {
  const named = workspace.getConfiguration(SECTION).inspect("claude.keyVariable")?.globalValue;
  return typeof named === "string" && named !== "" ? named : VARIABLE;
}
