-- What the servers are at, as they report it.

local server = require("lastmile.server")

local progress = {}

---@class lastmile.Work
---@field title string
---@field message? string

local running = {} ---@type table<integer, table<lsp.ProgressToken, lastmile.Work>>

local function redraw()
  vim.cmd.redrawstatus()
end

-- Hears of a step (LspProgress).
---@param id integer
---@param params lsp.ProgressParams
function progress.heard(id, params)
  local client = vim.lsp.get_client_by_id(id)
  local value = params.value
  if not client or client.name ~= server.name or type(value) ~= "table" then
    return
  end
  local works = running[id] or {}
  running[id] = works
  if value.kind == "end" then
    works[params.token] = nil
    require("lastmile.today").refresh(client)
  else
    local before = works[params.token] or {}
    works[params.token] = { title = value.title or before.title, message = value.message or before.message }
  end
  vim.schedule(redraw)
end

---@param id integer
function progress.forget(id)
  running[id] = nil
end

-- Says what a client is at; nil where it rests.
---@param id integer
---@return string?
function progress.words(id)
  local said = {}
  for _, work in pairs(running[id] or {}) do
    table.insert(said, work.message or work.title)
  end
  table.sort(said)
  return said[1] and (#said > 1 and ("%s (+%d)"):format(said[1], #said - 1) or said[1]) or nil
end

return progress
