-- What a person's own settings call: keys, and the statusline.

local lastmile = {}

-- Takes the completion that is shown. False where none is: `… and "" or "<Tab>"` in an expr mapping.
---@return boolean taken
function lastmile.accept()
  return require("lastmile.completion").accept()
end

-- Takes its next word.
---@return boolean taken
function lastmile.accept_word()
  return require("lastmile.completion").accept_word()
end

-- Takes its next line.
---@return boolean taken
function lastmile.accept_line()
  return require("lastmile.completion").accept_line()
end

-- Shows the next completion, where there are several.
function lastmile.next()
  require("lastmile.completion").next()
end

-- Ends all drafts that are under way.
function lastmile.cancel()
  require("lastmile.attach").cancel()
end

-- Says in a few words how Lastmile is in a buffer: tiers, model, today's bill, and what it is at. Empty
-- where it is not attached. For a statusline; it never waits.
---@param buffer? integer
---@return string
function lastmile.status(buffer)
  return require("lastmile.status").words(buffer or vim.api.nvim_get_current_buf())
end

return lastmile
