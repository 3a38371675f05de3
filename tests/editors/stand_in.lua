-- A server inside of Neovim that has the commands which a test gives answers to (`answers` of DRIVE_GIVEN),
-- for what the server of this repository may not have. `cmd` is what vim.lsp.config takes; `asked` is what came.

_G.stand_in_asked = _G.stand_in_asked or {}

local answers = vim.json.decode(vim.env.DRIVE_GIVEN).answers_of_server or {}

local function answer(method, params)
  if method == "initialize" then
    local capabilities = {
      executeCommandProvider = { commands = vim.tbl_keys(answers) },
      inlineCompletionProvider = answers.items and vim.empty_dict(),
    }
    return {
      capabilities = capabilities,
      serverInfo = { name = "lastmile", version = answers.version or "0.1.0" },
    }
  elseif method == "textDocument/inlineCompletion" then
    return { items = answers.items }
  elseif method == "workspace/executeCommand" then
    table.insert(_G.stand_in_asked, { params.command, params.arguments })
    return answers[params.command]
  end
end

-- Tells a client that listens of the `changed` of the answers, once it asks for the last receipt.
local function tell(dispatchers, is_heard, params)
  if is_heard and answers.changed and params.command == "lastmile.receipt" then
    dispatchers.notification("lastmile/statusChanged", answers.changed)
  end
end

local function cmd(dispatchers)
  local is_closing, is_heard, requests = false, false, 0
  local function leave()
    if not is_closing then
      is_closing = true
      vim.schedule(function()
        dispatchers.on_exit(0, 0)
      end)
    end
  end
  return {
    request = function(method, params, on_answer, on_end)
      requests = requests + 1
      local id = requests
      if method == "initialize" then
        is_heard = (params.capabilities.experimental or {}).lastmileStatus == true
      end
      vim.schedule(function()
        if on_end then
          on_end(id)
        end
        local found = answer(method, params)
        on_answer(nil, found ~= vim.NIL and found or nil)
        tell(dispatchers, is_heard, params)
      end)
      return true, id
    end,
    notify = function(method)
      if method == "exit" then
        leave()
      end
      return true
    end,
    is_closing = function()
      return is_closing
    end,
    terminate = leave,
  }
end

return { cmd = cmd, asked = _G.stand_in_asked }
