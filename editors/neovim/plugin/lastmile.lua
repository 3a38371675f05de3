-- What is there from the start: the command, the <Plug> mappings and the autocommands. No key is mapped.

if vim.g.loaded_lastmile then
  return
end
vim.g.loaded_lastmile = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("Lastmile needs Neovim 0.11 or later; this one is older.", vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command("LspLastmile", function(given)
  require("lastmile.commands").run(given)
end, {
  nargs = "*",
  range = true,
  desc = "Lastmile: what the menus of the editor lack",
  complete = function(_, line)
    return require("lastmile.commands").complete(line)
  end,
})

for _, name in ipairs({ "accept", "accept_word", "accept_line", "next" }) do
  vim.keymap.set("i", ("<Plug>(lastmile-%s)"):format(name:gsub("_", "-")), function()
    require("lastmile")[name]()
  end, { desc = "Lastmile: " .. name:gsub("_", " ") })
end
vim.keymap.set("n", "<Plug>(lastmile-cancel)", function()
  require("lastmile").cancel()
end, { desc = "Lastmile: end what runs" })
vim.keymap.set("x", "<Plug>(lastmile-instruct)", ":LspLastmile instruct<CR>", {
  silent = true,
  desc = "Lastmile: instruct on the selected lines",
})

local group = vim.api.nvim_create_augroup("lastmile", {})
vim.api.nvim_create_autocmd("FileType", {
  group = group,
  callback = function(event)
    require("lastmile.server").look(event.buf)
  end,
})
vim.api.nvim_create_autocmd("BufWritePost", {
  group = group,
  callback = function(event)
    require("lastmile.server").named(event.buf)
  end,
})
vim.api.nvim_create_autocmd("LspAttach", {
  group = group,
  callback = function(event)
    require("lastmile.attach").attached(event.data.client_id, event.buf)
  end,
})
vim.api.nvim_create_autocmd("LspDetach", {
  group = group,
  callback = function(event)
    require("lastmile.attach").detached(event.data.client_id)
  end,
})
vim.api.nvim_create_autocmd("LspProgress", {
  group = group,
  callback = function(event)
    require("lastmile.progress").heard(event.data.client_id, event.data.params)
  end,
})
vim.api.nvim_create_autocmd("VimLeavePre", {
  group = group,
  callback = function()
    require("lastmile.server").leave()
  end,
})
vim.api.nvim_create_autocmd("TextYankPost", {
  group = group,
  callback = function(event)
    require("lastmile.yank").heard(event.buf)
  end,
})
