-- What a person does in Neovim with the server, a function each; `drive.given` says with what.
-- They note what there is to see and judge nothing.

local scenarios = {}

-- Lists what is drawn for diagnostics: line, column, and the sign or the highlighting.
local function drawn()
  local marks = {}
  for _, namespace in pairs(vim.diagnostic.get_namespaces()) do
    for _, name in ipairs({ "sign_ns", "underline_ns" }) do
      local id = namespace.user_data[name]
      for _, mark in ipairs(id and vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true }) or {}) do
        local details = mark[4]
        table.insert(
          marks,
          { mark[2], mark[3], details.end_col or mark[3], details.sign_text or details.hl_group }
        )
      end
    end
  end
  return marks
end

-- Tells by whom the findings of the buffer came: what the client asks for and what is pushed lie apart.
local function way()
  local found = {}
  for _, item in ipairs(vim.diagnostic.get(0)) do
    local name = vim.diagnostic.get_namespace(item.namespace).name
    found[#found + 1] = name:match("^nvim%.lsp%.lastmile%.%d+$") and "pushed" or "pulled"
  end
  return found
end

-- Reads the screen as it is drawn, without the blanks at the ends of its rows.
local function screen(rows)
  vim.cmd.redraw()
  local shown = {}
  for row = 1, rows do
    local cells = {}
    for column = 1, vim.o.columns do
      cells[column] = vim.fn.screenstring(row, column)
    end
    shown[row] = (table.concat(cells):gsub(" +$", ""))
  end
  return shown
end

local function wait_for_diagnostics(drive, number)
  drive.wait_for(number .. " diagnostics are shown", function()
    return #vim.diagnostic.get(0) == number
  end)
end

-- Looks at a file, deletes a line, and looks again.
function scenarios.look(drive)
  local given = drive.given
  drive.open(given.open)
  wait_for_diagnostics(drive, given.diagnostics)
  local client = drive.client()
  drive.note("client", { name = client.name, root = client.root_dir, encoding = client.offset_encoding })
  drive.note(
    "diagnostics",
    vim.tbl_map(function(item)
      return { item.source, item.code, item.severity, item.lnum, item.col, item.end_col, item.message }
    end, vim.diagnostic.get(0))
  )
  drive.note("way", way())
  drive.note("drawn", drawn())
  drive.note("screen", screen(#drive.lines()))
  drive.cursor(given.delete)
  vim.cmd.delete()
  wait_for_diagnostics(drive, given.left)
  drive.note("drawn_after", drawn())
end

-- Opens the menu by its key, and chooses from it what `answers` says.
function scenarios.menu(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.type("gra")
  end)
  vim.cmd.write()
end

-- Chooses an entry and writes the file; an entry that ends in a message changes nothing.
function scenarios.act(drive)
  local given = drive.given
  drive.open(given.open)
  if given.cursor then
    drive.cursor(given.cursor)
  end
  local function choose()
    drive.choose(given.title, given.context)
  end
  if given.message then
    choose()
    drive.wait_for_message(given.message)
    drive.rest()
  else
    drive.change_by(choose)
  end
  drive.note("lines", drive.lines())
  vim.cmd.write()
end

-- Clears several files one after the other, and writes each.
function scenarios.tidy(drive)
  for _, name in ipairs(drive.given.files) do
    drive.open(name)
    drive.change_by(function()
      drive.choose("Fix all", { only = { "source.fixAll.lastmile" } })
    end)
    vim.cmd.write()
  end
end

-- Cancels a docstring while it is drafted, in the way that is given; then fixes something.
function scenarios.cancel(drive)
  local given = drive.given
  drive.open(given.open)
  drive.cursor(given.cursor)
  local before, shown = drive.lines(), {}
  vim.api.nvim_create_autocmd("Progress", {
    pattern = "vim.lsp",
    callback = function(event)
      table.insert(shown, { event.data.status, event.data.title, table.concat(event.data.text, "") })
    end,
  })
  drive.choose(given.title)
  drive.meet("drafting")
  drive.wait_for_progress("asking")
  if given.way == "keys" then
    drive.type(given.keys)
  else
    local token = next(drive.client().progress.pending)
    drive.client():notify("window/workDoneProgress/cancel", { token = token })
  end
  drive.rest()
  drive.meet("cancelled")
  drive.wait_for("the progress is over", function()
    return vim.tbl_isempty(drive.client().progress.pending)
  end)
  drive.note("shown", vim.deepcopy(shown)) -- the next action may show something, too
  drive.note("unchanged", vim.deep_equal(before, drive.lines()))
  drive.cursor(given.after.cursor)
  drive.change_by(function()
    drive.choose(given.after.title)
  end)
  vim.cmd.write()
end

-- Goes on typing while a docstring is drafted. Neovim sends changes a moment later; `rests` waits for that.
function scenarios.stale(drive)
  local given = drive.given
  drive.open(given.open)
  drive.cursor(given.cursor)
  local typed
  local function type()
    drive.cursor(given.typed.at)
    drive.type(given.typed.keys)
    typed = drive.lines()
  end
  if not given.rests then
    -- The end of the progress comes right before the edit, which is made by then.
    vim.api.nvim_create_autocmd("LspProgress", { pattern = "end", callback = type })
  end
  drive.choose(given.title)
  drive.meet("drafting")
  drive.wait_for_progress("asking")
  if given.rests then
    drive.sent_by(type)
  end
  if given.message then
    drive.meet("typed")
    drive.wait_for_message(given.message)
    drive.rest()
    drive.note("unchanged", vim.deep_equal(typed, drive.lines()))
  else
    drive.change_by(function()
      drive.meet("typed")
    end)
  end
  vim.cmd.write()
end

-- Selects lines, types the keys of the mapping and the instruction.
function scenarios.instruct(drive)
  drive.open(drive.given.open)
  drive.cursor(drive.given.cursor)
  drive.change_by(function()
    drive.type(drive.given.keys)
  end)
  vim.cmd.write()
end

-- Asks for what nothing passes, is shown why, and takes the refused draft nevertheless.
function scenarios.explain(drive)
  local given = drive.given
  drive.open(given.open)
  drive.cursor(given.cursor)
  local buffer = vim.api.nvim_get_current_buf()
  local before = vim.api.nvim_buf_get_changedtick(buffer)
  drive.choose(given.title)
  drive.wait_for("the report is shown", function()
    return vim.api.nvim_get_current_buf() ~= buffer
  end)
  drive.note("report", drive.lines())
  drive.note("filetype", vim.bo.filetype)
  drive.wait_for("the draft is applied", function()
    return vim.api.nvim_buf_get_changedtick(buffer) ~= before
  end)
  vim.cmd.wall()
end

-- Goes into insert mode and presses each of the keys (`takes`, or <Tab>) once something new is shown.
function scenarios.complete(drive)
  local given = drive.given
  drive.open(given.open)
  drive.cursor(given.cursor)
  local namespace = vim.api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  local takes, shown, looks, before = given.takes or { "<Tab>" }, {}, 0, nil
  local timer = assert(vim.uv.new_timer())
  local function key(keys)
    vim.api.nvim_feedkeys(vim.keycode(keys), "t", false)
  end
  local function look()
    looks = looks + 1
    local mark = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })[1]
    local now = vim.inspect({ mark, vim.api.nvim_buf_get_changedtick(0) })
    local is_done = before ~= nil and now ~= before
    if #shown == #takes and is_done or looks > 6000 then -- two minutes
      timer:stop()
      key("<Esc>")
    elseif mark ~= nil and (before == nil or is_done) then
      table.insert(shown, { mark[2], mark[3], mark[4].virt_text[1][1], #(mark[4].virt_lines or {}) })
      before = now
      key(takes[#shown])
    end
  end
  timer:start(20, 20, vim.schedule_wrap(look))
  -- "x!" stays in insert mode until the timer ends it, and the server is heard meanwhile.
  vim.api.nvim_feedkeys(vim.keycode(given.keys), "tx!", false)
  drive.rest()
  drive.note("shown", shown)
  drive.note("lines", drive.lines())
  vim.cmd.write()
  vim.cmd.bdelete() -- what became of a completion is settled with the document's end at the latest
end

-- Waits until so many findings are shown as having a fix ready, and takes one from the menu.
function scenarios.ready(drive)
  local given = drive.given
  drive.open(given.open)
  drive.wait_for(given.marked .. " fixes are ready", function()
    local marked = vim.tbl_filter(function(item)
      return vim.endswith(item.message, given.mark)
    end, vim.diagnostic.get(0))
    return #marked == given.marked
  end)
  drive.cursor(given.cursor)
  drive.change_by(function()
    drive.type("gra")
  end)
  drive.rest()
  vim.cmd.write()
end

return scenarios
