-- :checkhealth lastmile

local server = require("lastmile.server")

local health = {}

local patience = { version = 10, doctor = 30 } -- seconds

local function check_editor()
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.12") == 1 then
    vim.health.ok(("Neovim %s"):format(version))
  elseif vim.fn.has("nvim-0.11") == 1 then
    vim.health.ok(("Neovim %s; inline completion comes with 0.12"):format(version))
  else
    vim.health.error(("Neovim %s is too old"):format(version), "Install Neovim 0.11 or later.")
  end
end

-- Runs a command of `lastmile` and waits for it, as a page of health has to be there when it is shown.
---@param words string[]
---@param seconds integer
---@return vim.SystemCompleted? nil where it does not end
local function run(words, seconds)
  local done
  server.shell(words, function(found)
    done = found
  end, seconds)
  vim.wait(seconds * 1000 + 1000, function()
    return done ~= nil
  end, 20)
  return done
end

---@return boolean found
local function check_program()
  local program = server.program()
  local path = vim.fn.exepath(program[1])
  if path == "" then
    vim.health.error(("there is no program `%s`"):format(program[1]), "See :help lastmile-install.")
    return false
  end
  local done = run({ "--version" }, patience.version)
  local version = vim.trim(done and done.stdout or "")
  if not done or done.code ~= 0 then
    vim.health.error(("%s does not run: %s"):format(path, vim.trim(done and done.stderr or "")))
  elseif server.is_too_old(version) then
    vim.health.error(
      ("%s at %s is too old"):format(version, path),
      ("Install %s or later."):format(server.minimum)
    )
  else
    vim.health.ok(("%s at %s"):format(version, path))
    return true
  end
  return false
end

local function check_clients()
  local clients = server.clients()
  for _, client in ipairs(clients) do
    local buffers = #vim.tbl_keys(client.attached_buffers)
    local words = client.initialized and "running in %s, attached to %d buffer%s"
      or "started in %s for %d buffer%s, and has not answered"
    local said = words:format(client.root_dir or "no folder", buffers, buffers == 1 and "" or "s")
    if client.initialized then
      vim.health.ok(said)
      local why = require("lastmile.today").of(client).why
      if why then
        vim.health.info(why)
      end
    else
      vim.health.warn(said, "`:LspLastmile log` shows what it said, `:LspLastmile restart` tries again.")
    end
  end
  local trouble = server.trouble()
  if trouble then
    vim.health.error(trouble)
  elseif #clients == 0 and not vim.lsp.config[server.name] then
    vim.health.warn("vim.lsp.config has no `lastmile`", 'Call vim.lsp.enable("lastmile").')
  elseif #clients == 0 then
    vim.health.info("not running: no file that it serves is open, or it is not enabled")
  end
end

local function check_key()
  local is_set = (vim.env.ANTHROPIC_API_KEY or "") ~= ""
  vim.health.info("ANTHROPIC_API_KEY is " .. (is_set and "set" or "not set: no paid tier can be asked"))
end

-- Passes on what the doctor says of ruff, the tiers, the model, the sandbox and the settings.
local function check_rest()
  local done = run({ "doctor" }, patience.doctor)
  if not done or done.code > 1 then
    vim.health.error("`lastmile doctor` fails: " .. vim.trim(done and done.stderr or "it takes too long"))
    return
  end
  for line in vim.gsplit(vim.trim(done.stdout), "\n", { plain = true }) do
    local topic, said = line:match("^(%S.-)%s%s+(.*)$")
    local problem = said and said:match("^problem%s+(.*)$")
    if problem then
      vim.health.warn(("%s: %s"):format(topic, problem))
    elseif said and vim.startswith(said, "ready") then
      vim.health.ok(("%s: %s"):format(topic, said))
    elseif said then
      vim.health.info(("%s: %s"):format(topic, said))
    end
  end
end

function health.check()
  vim.health.start("lastmile")
  check_editor()
  local found = check_program()
  check_clients()
  check_key()
  if found then
    check_rest()
  end
end

return health
