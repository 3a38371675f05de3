-- What a person does in Neovim with Lastmile's plugin where something is wrong, a function each; see scenarios.lua.

local steps = dofile(vim.fs.dirname(vim.env.DRIVE_SCENARIOS) .. "/steps.lua")

local trouble = {}

-- Opens files that no server may come to, and waits until it is said why.
function trouble.unserved(drive)
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
  steps.go(drive)
end

-- Opens files that no server is to come to; what is said of them is said at once.
function trouble.quiet(drive)
  for _, name in ipairs(drive.given.files) do
    vim.cmd.edit(name)
  end
end

-- Opens files whose server does not answer, and puts one in its place that does, or leaves Neovim.
function trouble.silent(drive)
  local server = require("lastmile.server")
  local usual = server.patience
  server.patience = drive.given.patience
  for _, name in ipairs(drive.given.files) do
    vim.cmd.edit(name)
    drive.wait_for_message(drive.given.message)
  end
  vim.wait(drive.given.patience * 2000) -- in which it would be said again
  vim.cmd.checkhealth("lastmile")
  drive.note("health", steps.page())
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

-- Ends the server as a crash does, and opens a file again, as often as it is said.
function trouble.crashes(drive)
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
function trouble.crash(drive)
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

-- Types into a buffer that has a type and no name, and gives it one.
function trouble.nameless(drive)
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
function trouble.twice(drive)
  vim.cmd.edit(drive.given.open)
  drive.wait_for_message(drive.given.message)
  drive.wait_for("one is left", function()
    return #vim.lsp.get_clients({ bufnr = 0 }) == 1
  end)
  drive.note("left", vim.lsp.get_clients({ bufnr = 0 })[1].name)
  drive.note("diagnostics", #vim.diagnostic.get(0))
end

-- Applies a free fix to a buffer and tries to write it.
function trouble.read_only(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.choose(drive.given.title)
  end)
  drive.note("written", (pcall(vim.cmd.write)))
  vim.bo.modifiable = false
  vim.cmd("LspLastmile instruct do it")
end

-- Opens a file that is huge, and does not wait for what is found there but has something mended in another; notes for how many
-- milliseconds Neovim stood still at most meanwhile.
function trouble.huge(drive)
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

return trouble
