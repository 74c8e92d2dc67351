-- One editor case in Neovim (0.7 and newer):  nvim --headless -u NONE -i NONE -n -c 'luafile neovim_case.lua'
-- INFERENCE_CASE is the case as JSON, the document is the file `document` in the current folder. Prints what holds.
local function read(path) local file = assert(io.open(path)); local text = file:read('*a'); file:close(); return text end
local decode = vim.json and vim.json.decode or vim.fn.json_decode
local case = decode(read(vim.env.INFERENCE_CASE))
local failed = 0
local function check(name, ok, extra)
  if not ok then failed = failed + 1 end
  io.stdout:write((ok and 'ok ' or 'NOT OK ') .. name .. '\n' .. (ok and '' or (extra or '') .. '\n'))
end
local function wait(condition) return (vim.wait(20000, condition, 20)) end

local function main()
  vim.cmd('edit document')
  local buffer = vim.api.nvim_get_current_buf()
  -- without the last line's end, which the editor keeps apart
  local function text() return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') end
  local function shown(whole) return (whole:gsub('\n$', '')) end
  vim.bo.filetype = case.language == 'plaintext' and 'text' or case.language
  vim.o.selection = 'exclusive' -- else 0.7 adds the character behind a selection
  local config = {
    name = 'inference',
    cmd = { vim.env.INFERENCE_PYTHON, '-m', 'inference_lsp' },
    root_dir = vim.fn.getcwd(),
    init_options = { inference = next(case.settings) and case.settings or vim.empty_dict() },
  }
  local id = vim.lsp.start and vim.lsp.start(config) or vim.lsp.start_client(config)
  if not vim.lsp.start then vim.lsp.buf_attach_client(buffer, id) end
  local client = vim.lsp.get_client_by_id(id)
  wait(function() return client.server_capabilities and client.server_capabilities.codeActionProvider end)

  vim.ui.select = function(items, _, choose)
    for _, item in ipairs(items) do
      if (item.action or item[2]).kind == case.kind then return choose(item) end
    end
    choose(nil)
  end
  local first = { case.bytes[1][1] + 1, case.bytes[1][2] }
  local last = { case.bytes[2][1] + 1, case.bytes[2][2] }
  local context = { diagnostics = {}, only = { case.kind } }
  if vim.fn.has('nvim-0.8') == 1 then
    vim.lsp.buf.code_action({ context = context, range = { ['start'] = first, ['end'] = last } })
  else
    vim.lsp.buf.range_code_action(context, first, last)
  end
  check('result', wait(function() return text() == shown(case.expected) end), text())
  vim.cmd('undo')
  check('undo', text() == shown(case.text), text())
  client.stop()
  wait(function() return client.is_stopped() end)
end

local ok, trouble = xpcall(main, debug.traceback)
if not ok then check(tostring(trouble), false) end
vim.cmd(failed == 0 and 'qa!' or 'cq!')
