-- Steps of a person in Neovim with the plugin, for the scenarios of plugin.lua and trouble.lua.

local steps = {}

function steps.page()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), "\n")
end

function steps.wait_for_status(drive, text)
  drive.wait_for("the status says: " .. text, function()
    return require("lastmile").status():find(text, 1, true) ~= nil
  end)
end

-- Goes through steps: an Ex command, then what is waited for: a message, a page, a status.
function steps.go(drive)
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
        return vim.api.nvim_buf_get_name(0):find(step.page, 1, true) ~= nil and steps.page() ~= ""
      end)
      drive.note(step.page, steps.page())
    end
    if step.status then
      steps.wait_for_status(drive, step.status)
    end
  end
  vim.api.nvim_set_current_win(window)
end

return steps
