-- Ghost text as a person sees it, in Neovim 0.12 and newer:  nvim -u NONE -i NONE -l neovim_ghost.lua FILE
-- Drives another Neovim with the configurations of server/EDITORS.md (in the folder INFERENCE_CONFIG) and types into it.
-- Prints a line a check; exits non-zero if one fails.
local failed = 0
local function check(name, ok, extra)
  if not ok then failed = failed + 1 end
  io.stdout:write((ok and 'ok ' or 'NOT OK ') .. name .. (extra and ('  # ' .. extra) or '') .. '\n')
end

local command = { 'nvim', '--embed', '--headless', '-u', 'NONE', '-i', 'NONE', '-n', vim.env.INFERENCE_FILE }
local editor = vim.fn.jobstart(command, { rpc = true })
local function lua(code, ...) return vim.rpcrequest(editor, 'nvim_exec_lua', code, { ... }) end
local function wait(condition) return (vim.wait(20000, condition, 20)) end

lua([[
  for _, name in ipairs({ '0.11', '0.12' }) do dofile(vim.env.INFERENCE_CONFIG .. '/neovim-' .. name .. '.lua') end
  vim.bo.filetype = 'text'
]])
check('attached', wait(function()
  return lua([[local client = vim.lsp.get_clients()[1]; return client ~= nil and client.initialized == true]])
end))

local function ghost()
  return lua([[
    local space, shown = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion'], {}
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
      for _, piece in ipairs(mark[4].virt_text or {}) do table.insert(shown, piece[1]) end
    end
    return table.concat(shown)
  ]])
end
local function last_line() return vim.rpcrequest(editor, 'nvim_buf_get_lines', 0, -2, -1, false)[1] end

vim.rpcrequest(editor, 'nvim_input', 'GA<BS>t')
check('ghost text is shown', wait(function() return ghost():find('returns the answer') end), ghost())
vim.rpcrequest(editor, 'nvim_input', '<Tab>')
check('and taken with Tab', wait(function() return last_line() == 'the function returns the answer' end), last_line())
vim.rpcnotify(editor, 'nvim_command', 'qa!')
check('ended', vim.fn.jobwait({ editor }, 20000)[1] == 0)
os.exit(failed == 0 and 0 or 1)
