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
    ask.execute(client, command, {}, report.result)
  elseif last and vim.uv.fs_stat(vim.uri_to_fname(last)) then
    vim.cmd.split(vim.fn.fnameescape(vim.uri_to_fname(last)))
  else
    tell.say("there is no report yet. One comes where nothing passed and you ask why.")
  end
end

-- Shows what a command answered, if that is words; a server that shows them itself answers nothing.
---@param result any
function report.result(result)
  local text = type(result) == "table" and (result.report or result.receipt or result.text) or result
  if type(text) == "string" and text:find("\n") then
    tell.show("report.md", text, "markdown")
  elseif type(text) == "string" and text ~= "" then
    tell.say(text)
  end
end

return report
