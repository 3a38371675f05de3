-- What is known of a server for the statusline: its tiers, its model, today's bill. Asked for in the
-- background after each piece of work, at most once at a time; whoever reads it never waits.

local ask = require("lastmile.ask")
local server = require("lastmile.server")

local today = {}

---@class lastmile.Today
---@field tiers? string[] who can draft, cheapest first
---@field model? string `cold`, `loading`, `warm` or `working`; nil where there is none
---@field spent? number US dollars
---@field waits? string `busy`, `budget` or `battery`: what holds up the fixes that are made ready; nil where nothing does
---@field why? string the same in the server's words
---@field nobody? string why no tier can follow an instruction in words; nil where one can

local status = "lastmile.status"
local oldest = 60 -- seconds

local known = {} ---@type table<integer, lastmile.Today>
local asked = {} ---@type table<integer, number>
local under_way = {} ---@type table<integer, true>

---@param id integer
---@param found lastmile.Today
local function keep(id, found)
  under_way[id] = nil
  if vim.lsp.get_client_by_id(id) then
    known[id] = found
    vim.cmd.redrawstatus()
  end
end

---@param found lastmile.Today
---@param ahead any what a server says of the fixes that it makes ready
local function read_ahead(found, ahead)
  local said = type(ahead) == "table" and ahead or {}
  found.waits = said.waits ~= "" and said.waits or nil
  found.why = said.why ~= "" and said.why or nil
end

-- Reads why no tier can follow words.
---@param said any what a server says of itself
---@return string?
function today.nobody(said)
  local off = vim.tbl_get(type(said) == "table" and said or {}, "instruct", "off")
  return type(off) == "string" and off ~= "" and off or nil
end

-- Reads what a server says of itself.
---@param said any
---@return lastmile.Today
local function read(said)
  local found = { tiers = {}, spent = type(said.today) == "table" and said.today.spent or nil }
  for _, tier in ipairs(said.tiers or {}) do
    if tier.off == "" then
      table.insert(found.tiers, tier.name)
    end
  end
  local state = type(said.model) == "table" and said.model.state or "none"
  found.model = state ~= "none" and state or nil
  found.nobody = today.nobody(said)
  read_ahead(found, said.ahead)
  return found
end

-- Asks a server that has no such command for the bill alone, by the command line.
---@param id integer
local function ask_shell(id)
  local day = os.date("%Y-%m-%d") --[[@as string]]
  server.shell({ "bill", "--json", "--since", day }, function(done)
    local is_read, bill = pcall(vim.json.decode, done.stdout or "")
    local total = is_read and type(bill) == "table" and bill.total or {}
    keep(id, { spent = tonumber(total.spent) })
  end, 30)
end

-- Asks anew, in the background.
---@param client vim.lsp.Client
function today.refresh(client)
  local id = client.id
  if under_way[id] then
    return
  end
  under_way[id], asked[id] = true, vim.uv.now()
  vim.schedule(function()
    if ask.offers(client, status) then
      ask.quietly(client, status, {}, function(result)
        keep(id, type(result) == "table" and read(result) or {})
      end)
    else
      ask_shell(id)
    end
  end)
end

-- Hears what holds up the fixes that are made ready, or that nothing does any more (`lastmile/statusChanged`).
---@param id integer
---@param params any
function today.heard(id, params)
  local found = known[id] or {}
  read_ahead(found, type(params) == "table" and params.ahead)
  known[id] = found
  vim.cmd.redrawstatus()
end

---@param id integer
function today.forget(id)
  known[id], asked[id], under_way[id] = nil, nil, nil
end

-- Gives what is known now; what is old is asked for anew.
---@param client vim.lsp.Client
---@return lastmile.Today
function today.of(client)
  if vim.uv.now() - (asked[client.id] or 0) > oldest * 1000 then
    today.refresh(client)
  end
  return known[client.id] or {}
end

return today
