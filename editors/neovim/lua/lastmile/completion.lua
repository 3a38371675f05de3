-- Inline completion, which Neovim has since 0.12: enabled, paused, and taken whole or in parts.

local ask = require("lastmile.ask")
local options = require("lastmile.options")
local parts = require("lastmile.parts")
local server = require("lastmile.server")
local tell = require("lastmile.tell")

local completion = { paused = false }

local completed = "lastmile.completed"

local taken = { id = "", characters = 0 } -- of the completion that was taken in parts last

-- Tells whether this Neovim shows completions inline.
---@return boolean
function completion.is_there()
  return vim.lsp.inline_completion ~= nil
end

---@param buffer integer
function completion.attached(buffer)
  if completion.is_there() and options.get().completion and not completion.paused then
    vim.lsp.inline_completion.enable(true, { bufnr = buffer })
  end
end

-- Pauses completions in all buffers of Lastmile's, or goes on with them; a server that can is told, so
-- that its model rests too.
function completion.pause()
  completion.paused = not completion.paused
  local is_shown = options.get().completion and not completion.paused
  for _, client in ipairs(vim.lsp.get_clients({ name = server.name })) do
    if ask.offers(client, "lastmile.pause") then
      ask.execute(client, "lastmile.pause", { completion.paused })
    end
    for buffer in pairs(completion.is_there() and client.attached_buffers or {}) do
      vim.lsp.inline_completion.enable(is_shown, { bufnr = buffer })
    end
  end
  if completion.paused then
    tell.say("completions are paused.")
  else
    tell.say(
      is_shown and "completions are on." or "completions are off by vim.g.lastmile, and paused no more."
    )
  end
end

---@class lastmile.Rest
---@field text string
---@field row integer
---@field from integer
---@field last_row integer
---@field to integer

-- Gives what of an item is still to be put in, and where. The item is as it was when it came; what was
-- typed of it since stands in the buffer, behind the item's range. Nil where something else was typed.
---@param item vim.lsp.inline_completion.Item
---@return lastmile.Rest?
local function left(item)
  local text = item.insert_text --[[@as string]]
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  if not item.range then
    return { text = text, row = row, from = column, last_row = row, to = column }
  end
  local first, from, last, to = item.range:to_extmark()
  local typed = first == row and vim.api.nvim_buf_get_text(0, row, from, row, math.max(from, column), {})[1]
  if not typed or not vim.startswith(text, typed) then
    return
  end
  local start = from + #typed
  local stop = last == first and math.max(start, to + #typed) or to
  return { text = text:sub(#typed + 1), row = first, from = start, last_row = last, to = stop }
end

-- Puts a part of what is left into the buffer; all of it takes the place of what it repeats behind the cursor.
---@param rest lastmile.Rest
---@param part string
local function put(rest, part)
  local lines = vim.split(part, "\n", { plain = true })
  local last_row, to = rest.last_row, rest.to
  if part ~= rest.text then
    last_row, to = rest.row, rest.from
  end
  vim.api.nvim_buf_set_text(0, rest.row, rest.from, last_row, to, lines)
  local before = #lines == 1 and rest.from or 0
  vim.api.nvim_win_set_cursor(0, { rest.row + #lines, before + #lines[#lines] })
end

-- Tells the server of a part; it counts the characters of all parts of the same completion.
---@param item vim.lsp.inline_completion.Item
---@param characters integer
local function report(item, characters)
  local client = vim.lsp.get_client_by_id(item.client_id)
  local id = item.command and item.command.command == completed and (item.command.arguments or {})[1]
  if not client or type(id) ~= "string" then
    return
  end
  taken = { id = id, characters = (taken.id == id and taken.characters or 0) + characters }
  client:exec_cmd(
    { title = "", command = completed, arguments = { id, taken.characters } },
    { bufnr = vim.api.nvim_get_current_buf() }
  )
end

---@param item vim.lsp.inline_completion.Item
---@param choose fun(text: string): string
---@return vim.lsp.inline_completion.Item? the item, where Neovim puts it in itself
local function take(item, choose)
  if type(item.insert_text) ~= "string" then
    return item -- a snippet, which is another server's
  end
  local rest = left(item)
  local part = rest and choose(rest.text)
  if not rest or not part then
    return
  end
  put(rest, part)
  local client = vim.lsp.get_client_by_id(item.client_id)
  if part ~= rest.text then
    report(item, vim.str_utfindex(part, "utf-32"))
  elseif client and item.command then
    client:exec_cmd(item.command, { bufnr = vim.api.nvim_get_current_buf() })
  end
end

-- Takes of what is shown as much as is chosen.
---@param choose fun(text: string): string
---@return boolean taken false where nothing is shown
local function accept(choose)
  return completion.is_there()
    and vim.lsp.inline_completion.get({
      on_accept = function(item)
        return take(item, choose)
      end,
    })
end

---@return boolean taken
function completion.accept()
  return accept(function(text)
    return text
  end)
end

---@return boolean taken
function completion.accept_word()
  return accept(parts.word)
end

---@return boolean taken
function completion.accept_line()
  return accept(parts.line)
end

-- Shows the next one, where the server sent several.
function completion.next()
  if completion.is_there() then
    vim.lsp.inline_completion.select()
  end
end

return completion
