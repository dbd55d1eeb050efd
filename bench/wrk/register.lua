-- Registers an account that was not there before with each request. Arguments: a word that no earlier run had, and the password.
local here = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(here .. "report.lua")

local run, password, at = "", "", 0
local headers = { ["Accept"] = "application/json", ["Content-Type"] = "application/json" }

function init(args)
  run, password = args[1], args[2]
end

function request()
  at = at + 1
  local name = run .. at
  return wrk.format("POST", "/auth/register", headers,
    string.format('{"username":"%s","email":"%s@example.com","password":"%s"}', name, name, password))
end
