-- Times the menu at places of several files, and the fix taken from it, by Neovim's own clock: from the call
-- to the moment that the person would see the entries, and from the choice to the change of the buffer.

local timing = {}

local AGAIN = 120000 -- milliseconds in which a fix that was taken back has to be ready again

local function milliseconds(since)
  return (vim.uv.hrtime() - since) / 1e6
end

local function is_about(action, place)
  local about = (action.diagnostics or {})[1]
  return about ~= nil
    and about.code == place.code
    and about.range.start.line == place.row
    and about.range.start.character == place.column
end

local function go_to(place)
  vim.api.nvim_set_current_buf(vim.fn.bufadd(place.file)) -- `:edit` would read it again
  vim.api.nvim_win_set_cursor(0, { place.row + 1, place.column })
end

-- Opens the menu as `gra` does; gives what it took, the entry for the place's finding, and how to choose.
local function menu(drive, place)
  local took, entry, choose
  local began = vim.uv.hrtime()
  vim.ui.select = function(items, _, on_choice)
    took, choose = milliseconds(began), on_choice
    entry = vim.iter(items):find(function(item)
      return is_about(item.action, place)
    end)
  end
  vim.lsp.buf.code_action()
  drive.wait_for("a menu opens", function()
    return took ~= nil
  end)
  return took, entry, choose
end

local function is_ready(entry)
  return entry ~= nil and entry.action.edit ~= nil
end

-- Takes an entry; gives the milliseconds until the buffer was changed for the last time.
local function take(drive, entry, choose)
  local took, is_over
  local began = vim.uv.hrtime()
  vim.api.nvim_buf_attach(0, false, {
    on_lines = function()
      took = is_over and took or milliseconds(began)
      return is_over -- true: it is not needed any more
    end,
  })
  began = vim.uv.hrtime()
  choose(entry)
  drive.wait_for("the fix is applied", function()
    return took ~= nil
  end)
  drive.rest()
  is_over = true
  return took
end

local function undo()
  vim.cmd("silent undo")
end

-- Takes a change back, and waits until its fix is ready as before.
local function take_back(drive, place)
  drive.sent_by(undo)
  go_to(place) -- the cursor went to what was taken back
  local is_there = vim.wait(AGAIN, function()
    local _, entry = menu(drive, place)
    return is_ready(entry)
  end, 200)
  assert(is_there, ("the fix of %s is not ready again"):format(place.code))
end

-- Tells whether so many findings are shown as having a fix ready; without a number it is never enough.
local function is_enough(number)
  return number ~= nil
    and vim
        .iter(vim.diagnostic.get())
        :filter(function(item)
          return vim.tbl_get(item, "user_data", "lsp", "data", "ready") == true
        end)
        :fold(0, function(count)
          return count + 1
        end)
      >= number
end

-- Opens all files, keeps still, and goes over the places: first the menus alone, then each that is ready is taken.
function timing.ready(drive)
  local given, timed = drive.given, {}
  for _, name in ipairs(given.files) do
    drive.open(name)
  end
  vim.wait(given.idle * 1000, function()
    return is_enough(given.enough)
  end)
  for number, place in ipairs(given.places) do
    go_to(place)
    local took, entry = menu(drive, place)
    timed[number] = { ready = is_ready(entry), menus = { took }, applied = {} }
  end
  for _ = 2, given.rounds do
    for number, place in ipairs(given.places) do
      go_to(place)
      table.insert(timed[number].menus, (menu(drive, place)))
    end
  end
  for number, place in ipairs(given.places) do
    for round = 1, timed[number].ready and given.rounds or 0 do
      go_to(place)
      local _, entry, choose = menu(drive, place)
      table.insert(timed[number].applied, take(drive, entry, choose))
      if round < given.rounds then
        take_back(drive, place)
      else
        drive.sent_by(undo)
      end
    end
  end
  drive.note("timed", timed)
end

return timing
