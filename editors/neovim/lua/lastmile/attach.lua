-- What happens when a server is attached to a buffer, or leaves it.

local options = require("lastmile.options")
local server = require("lastmile.server")
local tell = require("lastmile.tell")

local attach = {}

---@param client vim.lsp.Client
---@return boolean
local function is_ours(client)
  return client.name == server.name or (client.server_info or {}).name == server.name
end

-- Leaves the buffer to the client of this plugin, else to the one that was started first: two would list
-- everything twice.
---@param buffer integer
local function leave_one(buffer)
  local ours = vim.tbl_filter(is_ours, vim.lsp.get_clients({ bufnr = buffer }))
  table.sort(ours, function(one, other)
    local is_own, is_other_own = one.name == server.name, other.name == server.name
    return is_own and not is_other_own or is_own == is_other_own and one.id < other.id
  end)
  for _, client in ipairs(vim.list_slice(ours, 2)) do
    local why = ours[1].name == server.name and "is the one that this plugin serves" or "came first"
    local words =
      "two clients serve the same buffer: `%s` is kept, which %s, and `%s` was detached. Enable only one of them."
    tell.once(words:format(ours[1].name, why, client.name))
    vim.lsp.buf_detach_client(buffer, client.id)
  end
end

-- Shows the lenses of a server that has them: it has where the person's settings say so (`ahead_lens`).
---@param client vim.lsp.Client
---@param buffer integer
local function show_lenses(client, buffer)
  if vim.fn.has("nvim-0.12") == 1 and client:supports_method("textDocument/codeLens", buffer) then
    vim.lsp.codelens.enable(true, { bufnr = buffer })
  end
end

---@param id integer
---@param buffer integer
function attach.attached(id, buffer)
  local client = vim.lsp.get_client_by_id(id)
  if client and is_ours(client) then
    require("lastmile.completion").attached(buffer)
    show_lenses(client, buffer)
    require("lastmile.today").refresh(client)
    vim.schedule(function() -- by then it is attached
      leave_one(buffer)
    end)
  end
  attach.settle()
end

---@param id integer
function attach.detached(id)
  vim.schedule(function() -- until then the client is attached
    if not vim.lsp.get_client_by_id(id) then
      require("lastmile.progress").forget(id)
      require("lastmile.today").forget(id)
    end
    attach.settle()
  end)
end

---@param client vim.lsp.Client
---@return boolean
local function has_ruff(client)
  for buffer in pairs(client.attached_buffers) do
    for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
      if other.name == "ruff" or (other.server_info or {}).name == "ruff" then
        return true
      end
    end
  end
  return false
end

-- Tells whether the person said what is to be shown; then nobody else does.
---@param config vim.lsp.ClientConfig
---@return boolean
local function is_said(config)
  for _, given in ipairs({ (config.settings or {}).lastmile or {}, config.init_options or {} }) do
    if type(given) == "table" and given.diagnostics ~= nil then
      return true
    end
  end
  return false
end

---@param client vim.lsp.Client
---@param shown? "own"
local function show(client, shown)
  local settings = vim.deepcopy(client.config.settings or {})
  local ours = type(settings.lastmile) == "table" and settings.lastmile or {}
  ours.diagnostics = shown
  settings.lastmile = next(ours) and ours or vim.empty_dict()
  client.settings = settings
  client:notify("workspace/didChangeConfiguration", { settings = settings })
end

-- Has each server show its own findings alone where ruff's server shows the others, and all otherwise.
function attach.settle()
  if not options.get().ruff then
    return
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = server.name })) do
    local wanted = has_ruff(client) and "own" or nil
    local now = type(client.settings.lastmile) == "table" and client.settings.lastmile.diagnostics or nil
    if wanted ~= now and not is_said(client.config) then
      show(client, wanted)
    end
  end
end

local drafting = {
  "codeAction/resolve",
  "textDocument/inlineCompletion",
  "workspace/executeCommand",
}

-- Ends all drafts that Lastmile's servers are at. What is asked for besides, as findings are, goes on: Neovim
-- would not ask again.
---@return integer ended requests
function attach.cancel()
  local ended = 0
  for _, client in ipairs(vim.lsp.get_clients({ name = server.name })) do
    for id, request in pairs(client.requests) do
      if request.type == "pending" and vim.list_contains(drafting, request.method) then
        client:cancel_request(id)
        ended = ended + 1
      end
    end
  end
  return ended
end

return attach
