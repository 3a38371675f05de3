-- Takes the first word or the first line of a text that is shown. Pure functions.

local parts = {}

-- Gives the blanks at the start and the word, or the one sign, behind them.
---@param text string
---@return string
function parts.word(text)
  local blanks = text:match("^%s*")
  local rest = text:sub(#blanks + 1)
  local word = rest:match("^[%w_\128-\255]+") or rest:sub(1, 1)
  return blanks .. word
end

-- Gives the text up to the end of its first line; one that begins with an end of line gives the next line too.
---@param text string
---@return string
function parts.line(text)
  return (text:match("^\n*[^\n]*"))
end

return parts
