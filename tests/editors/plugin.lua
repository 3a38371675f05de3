-- What a person does in Neovim with Lastmile's plugin, a function each; see scenarios.lua.

local steps = dofile(vim.fs.dirname(vim.env.DRIVE_SCENARIOS) .. "/steps.lua")

local plugin = {}

function plugin.steps(drive)
  drive.open(drive.given.open)
  steps.go(drive)
  drive.note("lines", drive.lines())
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
  drive.note("again", steps.page())
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
  drive.note("report", steps.page())
  vim.cmd.bdelete()
  vim.api.nvim_set_current_win(window)
  vim.cmd("LspLastmile undo it was needed")
  drive.wait_for_message("taken back")
  vim.cmd.write()
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

-- Drafts something and reads the statusline meanwhile.
function plugin.status(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  steps.wait_for_status(drive, drive.given.before)
  drive.choose(drive.given.title)
  drive.meet("drafting")
  steps.wait_for_status(drive, drive.given.meanwhile)
  drive.note("meanwhile", require("lastmile").status())
  if drive.given.cancel then
    vim.cmd(drive.given.cancel)
    drive.rest()
    drive.meet("cancelled")
  else
    drive.change_by(function()
      drive.meet("drafted")
    end)
    steps.wait_for_status(drive, drive.given.after)
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

-- Goes through steps with a server of the test's own (stand_in.lua), and notes what that was asked.
function plugin.stand_in(drive)
  drive.open(drive.given.open)
  steps.go(drive)
  drive.note("status", require("lastmile").status())
  drive.note("asked", dofile(drive.folder .. "/stand_in.lua").asked)
end

return plugin
