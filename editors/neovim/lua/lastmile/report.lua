-- The reports that the server shows, and the way back to the last one.

local ask = require("lastmile.ask")
local tell = require("lastmile.tell")

local report = {}

local command = "lastmile.report"

local last ---@type string? the URI

-- Shows a document that the server names, as Neovim does, and keeps its name.
---@type lsp.Handler
function report.shown(failure, params, context)
  if not params.external then
    last = params.uri
  end
  return vim.lsp.handlers["window/showDocument"](failure, params, context)
end

-- Shows the last report again. The server keeps reports for as long as it runs.
function report.again()
  local client = ask.client()
  if client and ask.offers(client, command) then
    report.ask(command, {}, "there is no report yet.")
  elseif last and vim.uv.fs_stat(vim.uri_to_fname(last)) then
    vim.cmd.split(vim.fn.fnameescape(vim.uri_to_fname(last)))
  else
    tell.say("there is no report yet. One comes where nothing passed and you ask why.")
  end
end

-- Has the server show something; it opens pages itself, and answers nothing where there is nothing to show.
---@param asked string the command
---@param arguments any[]
---@param otherwise string what is said then
function report.ask(asked, arguments, otherwise)
  ask.run(asked, arguments, function(result)
    if type(result) ~= "table" then
      tell.say(otherwise)
    elseif result.line then
      tell.say(("%s: %s"):format(result.title, result.line))
    elseif result.undone and not result.told then -- the server told the rest
      tell.say("the edit was taken back, and noted as wrong.")
    end
  end)
end

return report
