-- The words of the statusline.

local server = require("lastmile.server")

local status = {}

-- The statusline takes a per cent sign for its own.
---@param text string
---@return string
local function plain(text)
  return (text:gsub("%%", "%%%%"))
end

---@param client vim.lsp.Client
---@return string[]
local function facts(client)
  local known = require("lastmile.today").of(client)
  local said = {}
  if known.tiers and #known.tiers > 0 then
    table.insert(
      said,
      table.concat(known.tiers, ", ") .. (known.model and (" (%s)"):format(known.model) or "")
    )
  end
  if known.spent then
    table.insert(said, ("$%.2f today"):format(known.spent))
  end
  return said
end

-- Fixes that come more slowly on battery are no news for as long as that lasts.
local held_up = { busy = "fixes wait: the machine is busy", budget = "fixes wait for the next minute" }

---@param buffer integer
---@param is_whole? boolean whether there is room for the server's own words
---@return string
function status.words(buffer, is_whole)
  local client = vim.lsp.get_clients({ name = server.name, bufnr = buffer })[1]
  if not client then
    return server.trouble() and "Lastmile is off" or ""
  end
  local said = facts(client)
  if require("lastmile.completion").paused then
    table.insert(said, "completions paused")
  end
  local known = require("lastmile.today").of(client)
  local waits = is_whole and known.why or held_up[known.waits]
  if waits then
    table.insert(said, waits)
  end
  local work = require("lastmile.progress").words(client.id)
  if work then
    table.insert(said, work)
  end
  return plain(#said > 0 and "Lastmile: " .. table.concat(said, " | ") or "Lastmile")
end

return status
