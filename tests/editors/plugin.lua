-- What a person does in Neovim with Lastmile's plugin, a function each; see scenarios.lua.

local plugin = {}

local function page()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), "\n")
end

local function wait_for_status(drive, text)
  drive.wait_for("the status says: " .. text, function()
    return require("lastmile").status():find(text, 1, true) ~= nil
  end)
end

-- Goes through steps: an Ex command, then what is waited for: a message, a page, a status.
local function steps(drive)
  local window = vim.api.nvim_get_current_win()
  for _, step in ipairs(drive.given.steps) do
    vim.api.nvim_set_current_win(window)
    if step.cursor then
      drive.cursor(step.cursor)
    end
    vim.cmd(step.run)
    if step.message then
      drive.wait_for_message(step.message)
    end
    if step.page then
      drive.wait_for("the page is shown: " .. step.page, function()
        return vim.api.nvim_buf_get_name(0):find(step.page, 1, true) ~= nil and page() ~= ""
      end)
      drive.note(step.page, page())
    end
    if step.status then
      wait_for_status(drive, step.status)
    end
  end
  vim.api.nvim_set_current_win(window)
end

function plugin.steps(drive)
  drive.open(drive.given.open)
  steps(drive)
  drive.note("lines", drive.lines())
end

-- Opens files that no server may come to, and waits until it is said why.
function plugin.unserved(drive)
  for _, name in ipairs(drive.given.files) do
    vim.cmd.edit(name)
    drive.wait_for_message(drive.given.message)
  end
  local seen = 0
  vim.wait(300, function() -- whatever is started a second time fails within this
    seen = #vim.lsp.get_clients({ name = "lastmile", _uninitialized = true })
    return seen > 0
  end, 10)
  drive.note("clients", seen)
  drive.note("status", require("lastmile").status())
  drive.given.steps = drive.given.steps or {}
  steps(drive)
end

-- Opens files that no server is to come to; what is said of them is said at once.
function plugin.quiet(drive)
  for _, name in ipairs(drive.given.files) do
    vim.cmd.edit(name)
  end
end

-- Opens files whose server does not answer, and puts one in its place that does, or leaves Neovim.
function plugin.silent(drive)
  local server = require("lastmile.server")
  local usual = server.patience
  server.patience = drive.given.patience
  for _, name in ipairs(drive.given.files) do
    vim.cmd.edit(name)
    drive.wait_for_message(drive.given.message)
  end
  vim.wait(drive.given.patience * 2000) -- in which it would be said again
  vim.cmd.checkhealth("lastmile")
  drive.note("health", page())
  vim.cmd.bdelete()
  if not drive.given.replaced then
    return
  end
  server.patience = usual
  vim.lsp.config("lastmile", { cmd = { "lastmile", "serve" } })
  vim.cmd("LspLastmile restart")
  drive.wait_for("the server that answers is attached", function()
    return drive.client() ~= nil
  end)
end

-- Waits for the lenses of a file, and runs the one of a line by Neovim's own key.
function plugin.lenses(drive)
  drive.open(drive.given.open)
  local function titles()
    local found = vim.tbl_map(function(each)
      return each.lens.command.title
    end, vim.lsp.codelens.get({ bufnr = 0 }))
    table.sort(found)
    return found
  end
  drive.wait_for("the lenses are shown", function()
    return #titles() == drive.given.lenses
  end)
  drive.note("titles", titles())
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.type("grx")
  end)
  drive.rest()
  vim.cmd.write()
end

-- Gives what the command line offers behind each of the beginnings.
function plugin.completed(drive)
  drive.open(drive.given.open)
  local offered = {}
  for _, begun in ipairs(drive.given.lines) do
    local range, rest = begun:match("^('<,'>)(.*)$")
    local line = ("%s%s %s"):format(range or "", drive.given.command, rest or begun)
    table.insert(offered, vim.fn.getcompletion(line, "cmdline"))
  end
  drive.note("completed", offered)
end

-- Asks for what nothing passes, is shown why, closes that, and has it shown again.
function plugin.reported(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  local window = vim.api.nvim_get_current_win()
  drive.choose(drive.given.title)
  drive.wait_for("the report is shown", function()
    return vim.bo.filetype == "markdown"
  end)
  vim.cmd.bdelete()
  vim.api.nvim_set_current_win(window)
  vim.cmd("LspLastmile report")
  drive.wait_for("the report is shown again", function()
    return vim.bo.filetype == "markdown"
  end)
  drive.note("again", page())
end

-- Applies a fix, looks at its receipt and its report, and takes it back.
function plugin.taken_back(drive)
  drive.open(drive.given.open)
  local window = vim.api.nvim_get_current_win()
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.choose(drive.given.title)
  end)
  vim.cmd("LspLastmile receipt")
  drive.wait_for_message(": rules, 1 draft, ")
  vim.cmd("LspLastmile report")
  drive.wait_for("the report is shown", function()
    return vim.bo.filetype == "markdown"
  end)
  drive.note("report", page())
  vim.cmd.bdelete()
  vim.api.nvim_set_current_win(window)
  vim.cmd("LspLastmile undo it was needed")
  drive.wait_for_message("taken back")
  vim.cmd.write()
end

-- Ends the server as a crash does, and opens a file again, as often as it is said.
function plugin.crashes(drive)
  for number = 1, drive.given.times do
    drive.open(drive.given.open)
    for _, pid in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
      vim.uv.kill(pid, "sigkill")
    end
    drive.wait_for("the server is gone " .. number, function()
      return drive.client() == nil
    end)
    vim.cmd.bwipeout()
  end
  drive.wait_for_message(drive.given.message)
  vim.cmd.edit(drive.given.open)
  drive.note("clients", #vim.lsp.get_clients({ name = "lastmile", _uninitialized = true }))
  vim.cmd("LspLastmile restart")
  drive.open(drive.given.open)
end

-- Kills the server once; it is back for the buffer that is open.
function plugin.crash(drive)
  drive.open(drive.given.open)
  local old = drive.client().id
  for _, pid in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
    vim.uv.kill(pid, "sigkill")
  end
  drive.wait_for("another server", function()
    local client = drive.client()
    return client and client.id ~= old and client.initialized
  end)
  drive.note("clients", #vim.lsp.get_clients({ name = "lastmile", _uninitialized = true }))
end

-- Gives the sources of the diagnostics, each once.
local function sources()
  local found = {}
  for _, item in ipairs(vim.diagnostic.get(0)) do
    local namespace = vim.diagnostic.get_namespace(item.namespace).name
    found[namespace:match("lastmile") or namespace:match("ruff") or namespace] = true
  end
  local names = vim.tbl_keys(found)
  table.sort(names)
  return names
end

local function wait_for_sources(drive, wanted)
  drive.wait_for("diagnostics come from " .. table.concat(wanted, " and "), function()
    return vim.deep_equal(sources(), wanted)
  end)
end

-- Looks at whose findings are shown with ruff's server, and without it.
function plugin.beside_ruff(drive)
  drive.open(drive.given.open)
  wait_for_sources(drive, drive.given.beside)
  vim.lsp.enable("ruff", false) -- what that showed stays on the screen: Neovim does not clear it
  drive.wait_for("Lastmile shows all", function()
    return vim.list_contains(sources(), "lastmile")
  end)
end

-- Types into a buffer that has a type and no name, and gives it one.
function plugin.nameless(drive)
  drive.open(drive.given.open)
  vim.cmd.enew()
  vim.bo.filetype = "python"
  vim.api.nvim_buf_set_lines(0, 0, -1, true, drive.given.lines)
  vim.wait(300) -- in which Neovim would ask for its diagnostics
  drive.note("before", #vim.lsp.get_clients({ bufnr = 0 }))
  vim.cmd.write(drive.given.name)
  drive.wait_for("what is found in it is shown", function()
    return #vim.diagnostic.get(0) > 0
  end)
end

-- Waits until one of two clients has left the buffer.
function plugin.twice(drive)
  vim.cmd.edit(drive.given.open)
  drive.wait_for_message(drive.given.message)
  drive.wait_for("one is left", function()
    return #vim.lsp.get_clients({ bufnr = 0 }) == 1
  end)
  drive.note("left", vim.lsp.get_clients({ bufnr = 0 })[1].name)
  drive.note("diagnostics", #vim.diagnostic.get(0))
end

-- Applies a free fix to a buffer and tries to write it.
function plugin.read_only(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.choose(drive.given.title)
  end)
  drive.note("written", (pcall(vim.cmd.write)))
  vim.bo.modifiable = false
  vim.cmd("LspLastmile instruct do it")
end

-- Drafts something and reads the statusline meanwhile.
function plugin.status(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  wait_for_status(drive, drive.given.before)
  drive.choose(drive.given.title)
  drive.meet("drafting")
  wait_for_status(drive, drive.given.meanwhile)
  drive.note("meanwhile", require("lastmile").status())
  if drive.given.cancel then
    vim.cmd(drive.given.cancel)
    drive.rest()
    drive.meet("cancelled")
  else
    drive.change_by(function()
      drive.meet("drafted")
    end)
    wait_for_status(drive, drive.given.after)
    local line = " %f %{%v:lua.require'lastmile'.status()%}"
    drive.note("drawn", vim.api.nvim_eval_statusline(line, {}).str)
  end
  drive.note("after", require("lastmile").status())
end

-- Selects lines and instructs, by the mapping.
function plugin.instruct(drive)
  dofile(drive.folder .. "/scenarios.lua").instruct(drive)
end

-- Looks whether anything is enabled to be shown, paused and not.
function plugin.paused(drive)
  drive.open(drive.given.open)
  vim.cmd("LspLastmile pause")
  drive.note("paused", vim.lsp.inline_completion.is_enabled({ bufnr = 0 }))
  drive.wait_for("the status says so", function()
    return require("lastmile").status():find("completions paused", 1, true) ~= nil
  end)
  vim.cmd("LspLastmile pause")
  drive.note("resumed", vim.lsp.inline_completion.is_enabled({ bufnr = 0 }))
  if not drive.given.keys then
    return
  end
  dofile(drive.folder .. "/scenarios.lua").complete(drive)
  drive.noted.shown, drive.noted.lines = nil, nil
end

-- Has something completed by a server of the test's own, and notes what that was told.
function plugin.told(drive)
  dofile(drive.folder .. "/scenarios.lua").complete(drive)
  drive.note("asked", dofile(drive.folder .. "/stand_in.lua").asked)
end

-- Has something completed, and stays until the other Neovim is as far.
function plugin.share(drive)
  vim.keymap.set("i", "<Tab>", "<Plug>(lastmile-accept)")
  dofile(drive.folder .. "/scenarios.lua").complete(drive)
  drive.meet("shown")
end

-- Opens a file that is huge, and does not wait for what is found there but has something mended in another; notes for how many
-- milliseconds Neovim stood still at most meanwhile.
function plugin.huge(drive)
  drive.open(drive.given.huge)
  local last, longest = vim.uv.hrtime(), 0
  local timer = assert(vim.uv.new_timer())
  timer:start(0, 10, function()
    local now = vim.uv.hrtime()
    longest, last = math.max(longest, now - last), now
  end)
  drive.open(drive.given.open)
  drive.cursor("os")
  drive.change_by(function()
    drive.choose(drive.given.title)
  end)
  timer:stop()
  drive.note("stall", longest / 1e6)
  drive.note("lines", drive.lines())
end

-- Goes through steps with a server of the test's own (stand_in.lua), and notes what that was asked.
function plugin.stand_in(drive)
  drive.open(drive.given.open)
  steps(drive)
  drive.note("status", require("lastmile").status())
  drive.note("asked", dofile(drive.folder .. "/stand_in.lua").asked)
end

return plugin
