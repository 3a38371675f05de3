-- The person's wishes, in the table vim.g.lastmile. Settings of the server are not here: they go to
-- vim.lsp.config("lastmile", { settings = { lastmile = { … } } }).

local tell = require("lastmile.tell")

---@class lastmile.Options
---@field completion boolean Whether inline completion is enabled where Lastmile attaches.
---@field yanks boolean Whether the server is told what was copied, as context for its own local model.
---@field ruff boolean Whether ruff's findings are left to ruff's server where that is attached too.
local defaults = { completion = true, yanks = true, ruff = true }

local options = {}

-- Gives the wishes, with the default where one makes no sense; that is said once.
---@return lastmile.Options
function options.get()
  local given = vim.g.lastmile
  if given ~= nil and type(given) ~= "table" then
    tell.once(("vim.g.lastmile has to be a table, not a %s. The defaults count."):format(type(given)))
    given = nil
  end
  local found = vim.deepcopy(defaults)
  for name, value in pairs(given or {}) do
    if defaults[name] == nil then
      tell.once(("vim.g.lastmile has no option `%s`; :help lastmile-options lists them."):format(name))
    elseif type(value) ~= type(defaults[name]) then
      local words = "vim.g.lastmile.%s has to be true or false, not %s. The default, %s, counts."
      tell.once(words:format(name, vim.inspect(value), tostring(defaults[name])))
    else
      found[name] = value
    end
  end
  return found
end

return options
