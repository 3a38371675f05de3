-- The server as a program: where it is, whether it will do, and what is said when it does not.
--
-- A server that is missing, too old or fails at its start is told of once, with what to do, and not
-- started again for every file that is opened: `:LspLastmile restart` tries again. One that only does not
-- answer is told of too, and may still come.

local tell = require("lastmile.tell")

local server = {
  name = "lastmile",
  minimum = "0.1.0",
  patience = 15, -- seconds that a start may take: many times what it does on a slow machine
  pause = 1, -- seconds before a server that crashed is started again: Neovim says first that it did
}

local most_crashes = 3
local retry = "`:LspLastmile restart` tries again."

local trouble ---@type string? why none is started any more
local started = {} ---@type table<integer, true> clients whose server answered
local nameless = {} ---@type table<integer, true> buffers that wait for a name
local crashes = 0
local is_silence_told = false

---@param why string
local function give_up(why)
  trouble = why
  tell.warn(why)
end

-- Gives the command line of the server as it is configured; nil where a function starts it.
---@return string[]?
function server.cmd()
  local config = vim.lsp.config[server.name]
  local cmd = config and config.cmd
  return type(cmd) == "table" and cmd or nil
end

-- Gives the command line that other commands of `lastmile` are put behind.
---@return string[]
function server.program()
  local before = {}
  for _, word in ipairs(server.cmd() or {}) do
    if word == "serve" then
      return before
    end
    table.insert(before, word)
  end
  return { server.name }
end

-- Tells why no server is started, if that is so.
---@return string?
function server.trouble()
  return trouble
end

-- Says once that the program is missing, where a file that it should serve is opened.
---@param buffer integer
local function look_for_program(buffer)
  local config, options = vim.lsp.config[server.name], vim.bo[buffer]
  local is_file = options.buftype == ""
    and config
    and vim.list_contains(config.filetypes or {}, options.filetype)
  if trouble or not is_file then
    return
  end
  local cmd = server.cmd()
  if cmd and vim.fn.executable(cmd[1]) == 0 then
    give_up(("there is no program `%s`. Install it (:help lastmile-install); %s"):format(cmd[1], retry))
  end
end

-- Looks for the program where a file is opened (FileType): Neovim 0.12 asks for no root where it is missing, and
-- writes that down in its log alone. Neovim 0.11, which cannot say what is enabled, does ask (`root_dir`).
---@param buffer integer
function server.look(buffer)
  if vim.lsp.is_enabled and vim.lsp.is_enabled(server.name) then
    look_for_program(buffer)
  end
end

-- Says where the root of a buffer's project is, if a server may be started for it (`root_dir`).
---@param buffer integer
---@param on_dir fun(root?: string)
function server.root(buffer, on_dir)
  look_for_program(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  nameless[buffer] = name == "" or nil
  if not trouble and name ~= "" and not name:match("^%a[%w+.-]+://") then
    on_dir(vim.fs.root(buffer, vim.lsp.config[server.name].root_markers or {}))
  end
end

-- Has a buffer served that had no name when its kind was known (BufWritePost): Neovim asks for its root at that
-- time alone.
---@param buffer integer
function server.named(buffer)
  if nameless[buffer] and vim.api.nvim_buf_get_name(buffer) ~= "" then
    nameless[buffer] = nil
    vim.api.nvim_exec_autocmds("FileType", { group = "nvim.lsp.enable", buffer = buffer })
  end
end

---@param found? string a version
---@return boolean
function server.is_too_old(found)
  local version = found and vim.version.parse(found)
  return version ~= nil and vim.version.lt(version, server.minimum)
end

---@param found string
local function too_old(found)
  local words = "the server is version %s and this plugin needs %s or later. Install a newer one; %s"
  give_up(words:format(found, server.minimum, retry))
end

-- Gives all clients, also those whose server has not answered; Neovim lists these to none but itself.
---@return vim.lsp.Client[]
function server.clients()
  ---@diagnostic disable-next-line: invisible
  return vim.lsp.get_clients({ name = server.name, _uninitialized = true })
end

---@param config vim.lsp.ClientConfig
local function look_for_answer(config)
  for _, client in ipairs(server.clients()) do
    if client.config == config and not client.initialized and not is_silence_told then
      is_silence_told = true
      local words =
        "the server was started and has not answered for %g s. `:checkhealth lastmile` looks for the cause, `:LspLastmile log` shows what it said; `:LspLastmile restart` ends it and tries again."
      tell.warn(words:format(server.patience))
    end
  end
end

-- Takes note of a server that is started (`before_init`), and gives it its settings along: by the first ones
-- it decides what it offers, and Neovim cannot be told later of all of that.
---@param params lsp.InitializeParams
---@param config vim.lsp.ClientConfig
function server.starting(params, config)
  local settings = (config.settings or {}).lastmile
  local given = params.initializationOptions
  if type(settings) == "table" and next(settings) and (given == nil or type(given) == "table") then
    params.initializationOptions = vim.tbl_extend("force", given or {}, settings)
  end
  vim.defer_fn(function()
    look_for_answer(config)
  end, server.patience * 1000)
end

-- Takes note of a server that answered (`on_init`).
---@param client vim.lsp.Client
function server.started(client)
  started[client.id] = true
  local info = client.server_info
  if info and server.is_too_old(info.version) then
    too_old(info.version)
    client:stop()
  end
end

-- Runs a command of `lastmile` without waiting for it.
---@param words string[]
---@param on_done fun(done: vim.SystemCompleted)
---@param seconds? integer no end without it
function server.shell(words, on_done, seconds)
  local cmd = vim.list_extend(vim.deepcopy(server.program()), words)
  local config = vim.lsp.config[server.name] or {}
  local options = { text = true, env = config.cmd_env, timeout = seconds and seconds * 1000 }
  local ran, why = pcall(vim.system, cmd, options, vim.schedule_wrap(on_done))
  if not ran then
    on_done({ code = 127, signal = 0, stdout = "", stderr = ("%s does not run: %s"):format(cmd[1], why) })
  end
end

---@param code integer
local function failed_at_start(code)
  trouble = "the server ended at its start" -- until it is known why, none is started either
  server.shell({ "--version" }, function(done)
    local version = vim.version.parse(done.stdout or "")
    if version and server.is_too_old(tostring(version)) then
      too_old(tostring(version))
    else
      local words =
        "the server ended at its start, with code %d. `:LspLastmile doctor` looks for the cause, `:LspLastmile log` shows what it said; %s"
      give_up(words:format(code, retry))
    end
  end, 10)
end

-- Starts a server that crashed again, for the buffers that are open.
local function come_back()
  if not trouble and (not vim.lsp.is_enabled or vim.lsp.is_enabled(server.name)) then
    vim.lsp.enable(server.name)
  end
end

-- Takes note of a server that ended (`on_exit`); Neovim says itself that it did. One that crashed comes back.
---@param code integer
---@param signal integer
---@param id integer
function server.ended(code, signal, id)
  local answered = started[id]
  started[id] = nil
  local was_told = signal == 15 or answered and code == 0 and signal == 0
  if was_told or vim.v.exiting ~= vim.NIL or trouble then
    return
  elseif not answered then
    failed_at_start(code)
    return
  end
  crashes = crashes + 1
  if crashes >= most_crashes then
    local words =
      "the server ended %d times by itself and is not started again. `:LspLastmile log` shows what it said; %s"
    give_up(words:format(crashes, retry))
  else
    vim.defer_fn(come_back, server.pause * 1000)
  end
end

-- Ends the servers that have not answered: Neovim, when it is left, ends only those that have.
function server.leave()
  for _, client in ipairs(server.clients()) do
    if not client.initialized then
      client:stop()
    end
  end
end

-- Ends all servers and starts them anew, also where that failed before.
function server.restart()
  trouble, crashes, is_silence_told = nil, 0, false
  vim.lsp.enable(server.name, false)
  for _, client in ipairs(server.clients()) do
    client:stop()
  end
  local looks = 0
  local function again()
    looks = looks + 1
    if #server.clients() > 0 and looks < 100 then
      vim.defer_fn(again, 50)
    else
      vim.lsp.enable(server.name)
    end
  end
  again()
end

return server
