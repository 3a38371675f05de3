// Asks the Python extension, where there is one, for the active environment. Nothing of it is needed to run.

import { extensions, type Disposable, type Uri } from "vscode";

const PYTHON = "ms-python.python";

/** The part of the Python extension's public interface that is used here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    resolveEnvironment(
      environment: { readonly path: string },
    ): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath(listener: () => unknown): Disposable;
  };
}

/** Milliseconds that the Python extension may take: it may look through all of the disk first. */
const PATIENCE = 5_000;

/** Gives the interpreter of the active environment; nothing where the Python extension has none, fails or takes long. */
export async function activeInterpreter(folder: Uri | undefined): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => { resolve(undefined); }, PATIENCE);
  });
  const found = await Promise.race([asked(folder), late]);
  clearTimeout(timer);
  return found;
}

async function asked(folder: Uri | undefined): Promise<string | undefined> {
  const api = await pythonApi();
  if (api === undefined) {
    return undefined;
  }
  try {
    const active = api.environments.getActiveEnvironmentPath(folder);
    const resolved = await api.environments.resolveEnvironment(active);
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined; // another extension's failure is no reason not to look further
  }
}

/** Calls back when another environment becomes active. */
export async function onInterpreterChange(listener: () => void): Promise<Disposable | undefined> {
  try {
    return (await pythonApi())?.environments.onDidChangeActiveEnvironmentPath(listener);
  } catch {
    return undefined; // as above
  }
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = extensions.getExtension<PythonApi | undefined>(PYTHON);
  if (extension === undefined) {
    return undefined;
  }
  try {
    const api = await extension.activate();
    return (api as Partial<PythonApi> | undefined)?.environments === undefined ? undefined : api;
  } catch {
    return undefined; // as above
  }
}
