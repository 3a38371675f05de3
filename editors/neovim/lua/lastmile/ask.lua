-- Asks the server for what is a command of its own, and says so where this server has no such command.

local server = require("lastmile.server")
local tell = require("lastmile.tell")

local ask = {}

local cancelled = -32800

-- Gives the client of a buffer, else any other of this server's.
---@param buffer? integer
---@return vim.lsp.Client?
function ask.client(buffer)
  return vim.lsp.get_clients({ name = server.name, bufnr = buffer or 0 })[1]
    or vim.lsp.get_clients({ name = server.name })[1]
end

---@param client vim.lsp.Client
---@param command string
---@return boolean
function ask.offers(client, command)
  local offered = client.server_capabilities.executeCommandProvider
  return offered ~= nil and vim.list_contains(offered.commands or {}, command)
end

-- Gives the client if it has the command; says in one line why there is none otherwise.
---@param command string
---@param buffer? integer one that it has to be attached to
---@return vim.lsp.Client?
function ask.able(command, buffer)
  local client = ask.client(buffer)
  if not client then
    tell.warn(server.trouble() or "no server is running: open a file that it serves. :checkhealth lastmile")
  elseif buffer and not client.attached_buffers[buffer] then
    tell.warn("the server is not attached to this buffer. :checkhealth lastmile")
  elseif not ask.offers(client, command) then
    tell.warn(("this server has no command `%s`; a newer one may."):format(command))
  else
    return client
  end
end

-- Executes a command; a failure is said in one line, what was cancelled is no news.
---@param client vim.lsp.Client
---@param command string
---@param arguments? any[]
---@param on_result? fun(result: any)
---@param buffer? integer never 0: Neovim would not send the changes that it has not sent yet
function ask.execute(client, command, arguments, on_result, buffer)
  local params = { command = command, arguments = arguments or {} }
  client:request("workspace/executeCommand", params, function(failure, result)
    if failure and failure.code ~= cancelled then
      tell.warn(failure.message)
    elseif not failure and on_result then
      on_result(result)
    end
  end, buffer)
end

-- Executes a command that nobody asked for just now: a failure is no news, and answers nil.
---@param client vim.lsp.Client
---@param command string
---@param arguments any[]
---@param on_result? fun(result: any)
function ask.quietly(client, command, arguments, on_result)
  client:request("workspace/executeCommand", { command = command, arguments = arguments }, function(_, result)
    if on_result then
      on_result(result)
    end
  end)
end

-- Executes a command of the server that the buffer has, if it has one and knows the command.
---@param command string
---@param arguments? any[]
---@param on_result? fun(result: any)
function ask.run(command, arguments, on_result)
  local client = ask.able(command)
  if client then
    ask.execute(client, command, arguments, on_result)
  end
end

-- Runs a command of the shell and shows what it prints.
---@param words string[]
---@param page string
---@param on_done? fun() called where it could be done
function ask.shell(words, page, on_done)
  server.shell(words, function(done)
    local said = vim.trim((done.stdout or "") .. "\n" .. (done.stderr or ""))
    -- 1: it is done, and something is left to look at.
    if said:find("\n") or said ~= "" and done.code <= 1 and not on_done then
      tell.show(page, said)
    elseif said ~= "" then
      tell.warn((said:gsub("^lastmile: ", "")))
    elseif done.code ~= 0 then
      tell.warn(("`%s` ended with code %d."):format(table.concat(words, " "), done.code))
    end
    if done.code == 0 and on_done then
      on_done()
    end
  end)
end

return ask
