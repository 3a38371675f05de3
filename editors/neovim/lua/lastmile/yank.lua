-- Tells the server what was copied out of its documents: it is context for the model on this machine.

local ask = require("lastmile.ask")
local options = require("lastmile.options")
local server = require("lastmile.server")

local yank = {}

local command = "lastmile.yanked"

-- Hears of what was copied (TextYankPost).
---@param buffer integer
function yank.heard(buffer)
  local event = vim.v.event
  local client = vim.lsp.get_clients({ name = server.name, bufnr = buffer })[1]
  if event.operator ~= "y" or not client or not options.get().yanks or not ask.offers(client, command) then
    return
  end
  local text = table.concat(event.regcontents, "\n")
  ask.quietly(client, command, { vim.uri_from_bufnr(buffer), text })
end

return yank
