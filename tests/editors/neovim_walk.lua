-- The walk of a selection in Neovim with nothing but its own LSP client (0.7 and newer):
--   nvim --headless -u NONE -i NONE -n -c 'luafile neovim_walk.lua' FILE
-- INFERENCE_CONFIG is a folder with the configurations of server/EDITORS.md, one file each, run here as a person would
-- have them in init.lua; `inference-lsp` is on the PATH. Prints a line a check; exits non-zero if one fails.
local passed, failed = 0, 0
local function check(name, ok, extra)
  if ok then passed = passed + 1 else failed = failed + 1 end
  io.stdout:write((ok and 'ok ' or 'NOT OK ') .. name .. (extra and ('  # ' .. extra) or '') .. '\n')
end

local buffer = vim.api.nvim_get_current_buf()
local function text() return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') end
local function wait(condition) return vim.wait(20000, condition, 20) end

local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n'), window
    end
  end
end

local function documented(name) dofile(vim.env.INFERENCE_CONFIG .. '/neovim-' .. name .. '.lua') end

local function attached()
  if vim.lsp.get_clients then return vim.lsp.get_clients({ bufnr = buffer })[1] end
  return vim.lsp.buf_get_clients(buffer)[1] or select(2, next(vim.lsp.buf_get_clients(buffer)))
end

local function start()
  documented(vim.fn.has('nvim-0.11') == 1 and '0.11' or '0.7')
  if vim.fn.has('nvim-0.12') == 1 then documented('0.12') end
  documented('commands')
  vim.bo.filetype = 'text'
  wait(function() local client = attached(); return client and (client.initialized or client.server_capabilities) end)
  return attached()
end

-- Chooses the action whose title matches, as a person would in the menu, for the lines first..last (1-based).
local offered
local function code_action(wanted, first, last)
  vim.ui.select = function(items, _, choose)
    offered = {}
    for _, item in ipairs(items) do table.insert(offered, (item.action or item[2]).title) end
    for _, item in ipairs(items) do
      if (item.action or item[2]).title:find(wanted) then return choose(item) end
    end
    choose(nil)
  end
  local width = #vim.api.nvim_buf_get_lines(buffer, last - 1, last, false)[1]
  if vim.fn.has('nvim-0.8') == 1 then
    vim.lsp.buf.code_action({ range = { ['start'] = { first, 0 }, ['end'] = { last, width } } })
  else
    vim.lsp.buf.range_code_action({ diagnostics = {} }, { first, 0 }, { last, width })
  end
end

-- What `:Inference COMMAND` says in a floating window, which is closed again.
local function floated(command, wanted)
  vim.cmd(command)
  local found = wait(function() local shown = float(); return shown and shown:find(wanted) end)
  local shown, window = float()
  if window then vim.api.nvim_win_close(window, true) end
  return found, shown
end

-- What it says as a notice.
local function notified(command, wanted)
  local said
  local notify = vim.notify
  vim.notify = function(message) said = message end
  vim.cmd(command)
  local found = wait(function() return said and said:find(wanted) end)
  vim.notify = notify
  return found, said
end

-- A result that is asked about in a message: the answer is the button of this title.
local function decided(title, done)
  local question
  vim.fn.inputlist = function(lines)
    question = table.concat(lines, ' ')
    for number, line in ipairs(lines) do
      if line:find('%d. ' .. title) then return number - 2 end
    end
  end
  local client, settings = attached(), { inference = { edit = { apply = 'preview' } } }
  client.config.settings = settings
  client.settings = settings
  local method, params = 'workspace/didChangeConfiguration', { settings = settings }
  if vim.fn.has('nvim-0.11') == 1 then client:notify(method, params) else client.notify(method, params) end
  code_action('Summarize', 3, 3)
  local select = vim.ui.select
  vim.ui.select = function(items, options, choose)
    if options.kind ~= 'lsp_message' then return select(items, options, choose) end
    question = options.prompt
    for _, item in ipairs(items) do
      if item.title == title then choose(item) end
    end
  end
  return wait(function() return question and done() end), question
end

local function commands(before)
  code_action('Summarize', 3, 3)
  wait(function() return text() ~= before end)
  local summary = vim.trim(text():sub(#before - #before:match('\n\nthe function.*') + 1):match('^(.-)\n\nthe function'))
  vim.cmd('Inference copy')
  check('copy', wait(function() return vim.fn.getreg('"') == summary end), vim.fn.getreg('"'))
  local _, once = text():gsub(vim.pesc(summary), '')
  vim.cmd('Inference applyBelow')
  check('applyBelow', wait(function() return select(2, text():gsub(vim.pesc(summary), '')) == once + 1 end))
  vim.cmd('Inference retry')
  check('retry', wait(function() return select(2, text():gsub(vim.pesc(summary), '')) == once + 2 end))
  vim.cmd('Inference apply')
  check('apply', wait(function() return select(2, text():gsub(vim.pesc(summary), '')) == once + 3 end))
  for _ = 1, 4 do vim.cmd('undo') end
  check('an undo for each takes all of it back', text() == before, text())

  check('report', floated('Inference report', 'Summarize: embedded engine'))
  check('cancel', pcall(vim.cmd, 'Inference cancel'))
  check('selectModel', notified('Inference selectModel', 'has no models to choose from'))
  vim.api.nvim_win_set_cursor(0, { 3, 0 })
  vim.cmd('normal! Vj\27')
  check('explain, on the selection', floated("'<,'>Inference explain", '3%d%d characters'))

  check('a result is asked about and applied', decided('Apply', function() return text() ~= before end))
  vim.cmd('undo')
  check('a result is asked about and dropped', decided('Discard', function() return true end))
  for _ = 1, 8 do vim.cmd('Inference discard') end
  check('discard', notified('Inference copy', 'There is no result yet'))
  check('and nothing was inserted', text() == before)
end

local function main()
  local client = start()
  check('initialized', wait(function() return client.server_capabilities and client.server_capabilities.hoverProvider end))

  local before = text()
  code_action('Summarize', 3, 3)
  check('summary inserted', wait(function() return text() ~= before end), offered and table.concat(offered, ' | '))
  local after = text()
  check('translation goes to the language of the settings', table.concat(offered):find('Spanish') ~= nil)
  check('the selection is still there', after:find(vim.split(before, '\n')[3], 1, true) ~= nil)
  vim.cmd('undo')
  check('one undo takes it back', text() == before)
  vim.cmd('redo')
  check('one redo brings it again', text() == after)
  vim.cmd('undo')

  vim.api.nvim_win_set_cursor(0, { 3, (vim.split(before, '\n')[3]:find('info@', 1, true)) })
  vim.lsp.buf.hover()
  check('hover names entities', wait(function() local shown = float(); return shown and shown:find('EMAIL') end), (float()))
  local _, window = float()
  if window then vim.api.nvim_win_close(window, true) end

  local uri = vim.uri_from_bufnr(buffer)
  local answer = client.request_sync('textDocument/inlineCompletion', {
    textDocument = { uri = uri },
    position = { line = vim.api.nvim_buf_line_count(buffer) - 1, character = 10 },
    context = { triggerKind = 1 },
  }, 20000, buffer)
  local items = answer and answer.result and answer.result.items
  check('inline completion continues the line', items and items[1] and items[1].insertText:find('returns the answer'),
    items and items[1] and items[1].insertText)

  commands(before)
  client.stop()
  check('stopped', wait(function() return client.is_stopped() end))
end

local ok, trouble = xpcall(main, debug.traceback)
if not ok then failed = failed + 1; io.stdout:write('ERROR ' .. tostring(trouble) .. '\n') end
io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qa!' or 'cq!')
