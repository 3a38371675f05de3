-- :LspLastmile and its subcommands: each executes a command of the server or of the shell.

local ask = require("lastmile.ask")
local report = require("lastmile.report")
local server = require("lastmile.server")
local tell = require("lastmile.tell")

local commands = {}

---@class lastmile.Given
---@field args string[] what stands behind the subcommand
---@field words string the same as it was written
---@field first integer the lines of the range, from 1
---@field last integer

---@class lastmile.Subcommand
---@field run fun(given: lastmile.Given)
---@field more? string[] what may come next

---@param given lastmile.Given
---@param prompt string
---@param on_words fun(words: string)
local function words_of(given, prompt, on_words)
  if given.words ~= "" then
    on_words(given.words)
    return
  end
  vim.ui.input({ prompt = prompt }, function(words)
    if words and vim.trim(words) ~= "" then
      on_words(words)
    end
  end)
end

-- Gives whole lines as a range, without the end of the last: it may have none.
---@param client vim.lsp.Client
---@param given lastmile.Given
---@return lsp.Range
local function range_of(client, given)
  local last = vim.api.nvim_buf_get_lines(0, given.last - 1, given.last, true)[1]
  local width = vim.str_utfindex(last, client.offset_encoding)
  return {
    start = { line = given.first - 1, character = 0 },
    ["end"] = { line = given.last - 1, character = width },
  }
end

-- Goes on where a tier can follow words; else says why none can. Where one could just now, what is typed
-- ahead is not kept waiting: the server is asked again only before it is said that none can.
---@param client vim.lsp.Client
---@param buffer integer
---@param on_some fun()
local function who_follows(client, buffer, on_some)
  local today = require("lastmile.today")
  if not today.of(client).nobody then
    on_some()
    return
  end
  ask.quietly(client, "lastmile.status", { vim.uri_from_bufnr(buffer) }, function(said)
    local off = today.nobody(said)
    if not off then
      on_some()
    else
      tell.warn(("no tier can follow words (%s). `:LspLastmile model` chooses a model."):format(off))
    end
  end)
end

---@param given lastmile.Given
local function instruct(given)
  local buffer = vim.api.nvim_get_current_buf()
  local client = ask.able("lastmile.instruct", buffer)
  if not client then
    return
  elseif not vim.bo[buffer].modifiable then
    tell.warn("this buffer cannot be changed ('nomodifiable').")
    return
  end
  local range = range_of(client, given)
  who_follows(client, buffer, function()
    words_of(given, "Instruct: ", function(words)
      ask.execute(client, "lastmile.instruct", { vim.uri_from_bufnr(buffer), range, words }, nil, buffer)
    end)
  end)
end

---@param given lastmile.Given
local function bill(given)
  if #given.args == 0 and ask.client() then
    ask.run("lastmile.bill") -- the server says it
  elseif given.words == "page" then
    ask.run("lastmile.bill", { { page = true } }) -- and opens it
  else
    ask.shell(vim.list_extend({ "bill" }, given.args), "bill")
  end
end

-- Has one of the models of this machine chosen, and used from the next start of the server on.
---@param client vim.lsp.Client
local function choose(client)
  ask.execute(client, "lastmile.models", {}, function(found)
    local usable = vim.tbl_filter(function(each)
      return each.trouble == ""
    end, type(found) == "table" and found or {})
    if #usable == 0 then
      ask.shell({ "model", "list" }, "model") -- what can be downloaded
      return
    end
    vim.ui.select(usable, {
      prompt = "Model of this machine:",
      format_item = function(each)
        return each.name .. (each.used and " (in use)" or "")
      end,
    }, function(chosen)
      if chosen then
        ask.shell({ "model", "use", chosen.path }, "model", server.restart)
      end
    end)
  end)
end

---@param given lastmile.Given
local function model(given)
  local client = ask.client()
  if #given.args == 0 and client and ask.offers(client, "lastmile.models") then
    choose(client)
  else
    ask.shell(vim.list_extend({ "model" }, #given.args > 0 and given.args or { "list" }), "model")
  end
end

local function doctor()
  local file = vim.api.nvim_buf_get_name(0)
  ask.shell({ "doctor", vim.uv.fs_stat(file) and file or "." }, "doctor")
end

local function log()
  local file = vim.lsp.log.get_filename()
  local there = vim.uv.fs_stat(file)
  if there and there.size > 0 then
    vim.cmd.split(vim.fn.fnameescape(file))
  else
    tell.say("nothing is in Neovim's log of its servers.")
  end
end

---@param given lastmile.Given
local function undo(given)
  if ask.able("lastmile.undoAndReport") then
    words_of(given, "What was wrong with it: ", function(words)
      report.ask("lastmile.undoAndReport", { "", words }, "there is no edit to take back.")
    end)
  end
end

---@type table<string, lastmile.Subcommand>
local subcommands = {
  bill = { run = bill, more = { "page", "--since", "--by", "--html", "--receipts" } },
  cancel = {
    run = function()
      tell.say(("%d ended."):format(require("lastmile.attach").cancel()))
    end,
  },
  doctor = { run = doctor },
  instruct = { run = instruct },
  log = { run = log },
  model = { run = model, more = { "bench", "list", "pull", "remove", "status", "use" } },
  pause = {
    run = function()
      require("lastmile.completion").pause()
    end,
  },
  receipt = {
    run = function()
      report.ask("lastmile.receipt", {}, "no edit is applied: none was, or the last one was taken back.")
    end,
  },
  report = { run = report.again },
  restart = { run = server.restart },
  undo = { run = undo },
  why = {
    run = function()
      report.ask("lastmile.why", {}, "no task was refused yet.")
    end,
  },
}

---@return string[]
local function names()
  local found = vim.tbl_keys(subcommands)
  table.sort(found)
  return found
end

-- Runs what was typed.
---@param given vim.api.keyset.create_user_command.command_args
function commands.run(given)
  local name, words = given.args:match("^(%S*)%s*(.-)%s*$")
  local subcommand = subcommands[name]
  if name == "" then
    local buffer = vim.api.nvim_get_current_buf()
    local status = require("lastmile.status").words(buffer, true):gsub("^Lastmile:? ?", "")
    tell.say(status ~= "" and status or "not attached to this buffer. :checkhealth lastmile")
  elseif not subcommand then
    tell.warn(("there is no `:LspLastmile %s`, only %s."):format(name, table.concat(names(), ", ")))
  else
    local args = vim.list_slice(given.fargs, 2)
    subcommand.run({ args = args, words = words, first = given.line1, last = given.line2 })
  end
end

-- Gives what may stand at the end of a command line.
---@param line string
---@return string[]
function commands.complete(line)
  local before, begun = line:match("LspL%a*%s+(.-)(%S*)$") -- it may be abbreviated
  local name = (before or ""):match("^(%S+)%s+$")
  local offered = before == "" and names() or name and (subcommands[name] or {}).more or {}
  return vim.tbl_filter(function(one)
    return vim.startswith(one, begun)
  end, offered)
end

return commands
