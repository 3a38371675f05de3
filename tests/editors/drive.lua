-- Drives the Neovim that it runs in, as a person would: opens files, moves the cursor, asks for the
-- menu, answers questions. It knows nothing of what a scenario expects; that is for the test to say.
--
-- The environment names the scenario (DRIVE_SCENARIO, a function of scenarios.lua), what it is given
-- (DRIVE_GIVEN, JSON), the desk where both sides leave notes (DRIVE_DESK, a folder). What was seen is
-- left there as report.json, also when the scenario fails.

local drive = {
  given = vim.json.decode(vim.env.DRIVE_GIVEN),
  folder = vim.fs.dirname(vim.env.DRIVE_SCENARIOS),
  noted = {},
  asked = {},
  answers = {},
  progress = {},
}

local PATIENCE = 120000 -- milliseconds

local function desk(name)
  return vim.env.DRIVE_DESK .. "/" .. name
end

function drive.wait_for(what, predicate)
  if not vim.wait(PATIENCE, predicate, 10) then
    error("waited in vain until " .. what, 2)
  end
end

-- Tells the test that this point is reached, and goes on when the test has done its part.
function drive.meet(cue)
  io.stdout:write(cue, "\n")
  io.stdout:flush()
  drive.wait_for("the test has met " .. cue, function()
    return vim.uv.fs_stat(desk(cue)) ~= nil
  end)
end

function drive.note(name, value)
  drive.noted[name] = value
end

function drive.client()
  return vim.lsp.get_clients({ bufnr = 0, name = "lastmile" })[1]
end

function drive.open(name)
  vim.cmd.edit(vim.fn.fnameescape(name))
  drive.wait_for("the server is attached to " .. name, function()
    local client = drive.client()
    return client ~= nil and client.initialized
  end)
end

-- Puts the cursor on the first character of the first place that holds the text.
function drive.cursor(text)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  assert(vim.fn.search("\\C\\V" .. vim.fn.escape(text, "\\"), "c") > 0, "the buffer holds no " .. text)
end

function drive.lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, true)
end

function drive.messages()
  return vim.fn.execute("messages")
end

function drive.wait_for_message(text)
  drive.wait_for("there is a message: " .. text, function()
    return drive.messages():find(text, 1, true) ~= nil
  end)
end

-- Waits until nothing asked of the server is unanswered.
function drive.rest()
  drive.wait_for("the server has answered everything", function()
    return vim.tbl_isempty(drive.client().requests)
  end)
end

function drive.wait_for_progress(text)
  drive.wait_for("the progress says: " .. text, function()
    return vim.iter(drive.progress):any(function(value)
      return (value.message or ""):find(text, 1, true) ~= nil
    end)
  end)
end

-- Chooses the one entry of the menu whose title begins so.
function drive.choose(title, context)
  vim.lsp.buf.code_action({
    apply = true,
    context = context,
    filter = function(action)
      local chosen = vim.startswith(action.title, title)
      if chosen then
        drive.note("title", action.title)
      end
      return chosen
    end,
  })
end

-- Does something and waits until the text of the buffer is another.
function drive.change_by(act)
  local before = vim.api.nvim_buf_get_changedtick(0)
  act()
  drive.wait_for("the text changes", function()
    return vim.api.nvim_buf_get_changedtick(0) ~= before
  end)
end

-- Does something and waits until the server is told of the change.
function drive.sent_by(act)
  local sent = false
  vim.api.nvim_create_autocmd("LspNotify", {
    callback = function(event)
      sent = event.data.method == "textDocument/didChange"
      return sent -- true: it is not needed any more
    end,
  })
  act()
  drive.wait_for("the change is sent", function()
    return sent
  end)
end

-- Types keys, as they are written in mappings.
function drive.type(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), "tx", false)
end

-- Answers every question as the person would: by what the choice says. Without an answer it is closed.
function drive.answer_questions()
  vim.ui.select = function(items, options, on_choice)
    local shown = vim.tbl_map(options.format_item or tostring, items)
    table.insert(drive.asked, { kind = options.kind, prompt = options.prompt, shown = shown })
    local wanted = table.remove(drive.answers, 1)
    for number, item in ipairs(items) do
      if wanted ~= nil and vim.startswith(shown[number], wanted) then
        return on_choice(item, number)
      end
    end
    on_choice(nil)
  end
end

function drive.keep_progress()
  vim.api.nvim_create_autocmd("LspProgress", {
    callback = function(event)
      local value = event.data.params.value
      table.insert(drive.progress, { kind = value.kind, title = value.title, message = value.message })
    end,
  })
end

local function report(trouble)
  local file = assert(io.open(desk("report.json"), "w"))
  file:write(vim.json.encode({
    noted = drive.noted,
    asked = drive.asked,
    progress = drive.progress,
    messages = drive.messages(),
    trouble = trouble,
  }))
  file:close()
end

local function run()
  drive.answers = drive.given.answers or {}
  drive.answer_questions()
  drive.keep_progress()
  local scenarios = dofile(vim.env.DRIVE_SCENARIOS)
  local done, trouble = xpcall(scenarios[vim.env.DRIVE_SCENARIO], debug.traceback, drive)
  report(not done and trouble or "")
  vim.cmd("qall!")
end

vim.api.nvim_create_autocmd("VimEnter", { callback = vim.schedule_wrap(run) })
