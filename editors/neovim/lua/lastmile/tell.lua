-- Says things to the person, in one line each, and shows pages.

local tell = {}

local said = {} ---@type table<string, true>

---@param text string
---@param level? integer of vim.log.levels; INFO without one
function tell.say(text, level)
  vim.notify("Lastmile: " .. vim.trim(text:gsub("%s+", " ")), level or vim.log.levels.INFO)
end

---@param text string
function tell.warn(text)
  tell.say(text, vim.log.levels.WARN)
end

-- Warns, unless the same was said before.
---@param text string
function tell.once(text)
  if not said[text] then
    said[text] = true
    tell.warn(text)
  end
end

-- Shows a page in a window of its own; the same name takes the place of the page before.
---@param name string
---@param text string
---@param filetype? string
function tell.show(name, text, filetype)
  local title = "lastmile://" .. name
  local buffer = vim.fn.bufnr("^" .. title .. "$")
  if buffer < 0 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, title)
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), "\n", { plain = true }))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = filetype or ""
  local window = vim.fn.bufwinid(buffer)
  if window >= 0 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd.split()
    vim.api.nvim_win_set_buf(0, buffer)
    vim.wo[0][0].wrap = false -- for this page alone
  end
end

return tell
