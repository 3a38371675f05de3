-- Tells the server what was copied out of its documents: it is context for the model on this machine.

local ask = require("lastmile.ask")
local options = require("lastmile.options")
local server = require("lastmile.server")

local yank = {}

local command = "lastmile.yanked"
local most = 100000 -- bytes, behind which lines are left out; the server keeps less

-- Puts lines together, up to the one that is too many.
---@param lines string[]
---@return string
local function first_of(lines)
  local count, bytes = 0, 0
  while count < #lines and bytes < most do
    count = count + 1
    bytes = bytes + #lines[count]
  end
  return table.concat(lines, "\n", 1, count)
end

-- Hears of what was copied (TextYankPost).
---@param buffer integer
function yank.heard(buffer)
  local event = vim.v.event
  local client = vim.lsp.get_clients({ name = server.name, bufnr = buffer })[1]
  if event.operator ~= "y" or not client or not options.get().yanks or not ask.offers(client, command) then
    return
  end
  ask.quietly(client, command, { vim.uri_from_bufnr(buffer), first_of(event.regcontents) })
end

return yank
