-- The server as data for vim.lsp.config(); a person's own `vim.lsp.config("lastmile", { … })` is laid over it.

---@type vim.lsp.Config
return {
  cmd = { "lastmile", "serve" },
  filetypes = { "python", "json", "jsonc", "toml", "yaml" },
  root_markers = { "lastmile.toml", "pyproject.toml", ".git" },
  -- Starts nothing that is not there or that failed before, and says so once.
  root_dir = function(buffer, on_dir)
    require("lastmile.server").root(buffer, on_dir)
  end,
  before_init = function(params, config)
    require("lastmile.server").starting(params, config)
  end,
  on_init = function(client)
    require("lastmile.server").started(client)
  end,
  on_exit = vim.schedule_wrap(function(code, signal, id)
    require("lastmile.server").ended(code, signal, id)
  end),
  capabilities = { experimental = { lastmileStatus = true } },
  handlers = {
    ["lastmile/statusChanged"] = function(_, params, context)
      require("lastmile.today").heard(context.client_id, params)
    end,
    ["window/showDocument"] = function(...)
      return require("lastmile.report").shown(...)
    end,
  },
}
