# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the lines of `watch` come to: jq -n -r -f watched.jq LINES. For every function and
# group that is there at the end a line "device BDF DRIVER BM TRANSLATION GROUP" or "group
# ID TYPE DRIFT", as columns show them; with FRESH=1 the same of documents of `devices` and
# `groups`, which are read in their place.

def text: if . == null then "-" elif . == true then "yes" elif . == false then "no" else tostring end;

def device: { driver: (.driver | text), bus_master: (.bus_master | text),
	translation: (.translation | text), group: (.group | text) };
def group: { type: (.type | text), drift: (.drift | text) };

def line($key; $value):
	if $key | startswith("device ") then "\($key) \($value.driver) \($value.bus_master) \($value.translation) \($value.group)"
	else "\($key) \($value.type) \($value.drift)" end;

def fresh:
	reduce inputs as $document ({};
		reduce ($document.devices // [])[] as $device (.; .["device \($device.bdf)"] = ($device | device)) |
		reduce ($document.groups // [])[] as $group (.; .["group \($group.id)"] = ($group | group)));

def told:
	reduce (inputs | select(.record == "event")) as $event ({ number: 0, state: {} };
		"\($event.subject) \($event.name)" as $key |
		if $event.number != .number + 1 then error("line \($event.number) after \(.number)")
		else .number = $event.number end |
		if $event.event == "present" or $event.event == "added" then
			if .state | has($key) then error("\($key) came twice")
			elif $event.subject == "device" then .state[$key] = (($event.devices // [{}])[0] | device)
			elif $event.subject == "group" then .state[$key] = ($event.groups[0] | group)
			else . end
		elif $event.event == "removed" and ($event.subject == "device" or $event.subject == "group") then
			if .state | has($key) then del(.state[$key]) else error("\($key) went twice") end
		elif $event.event == "bound" then
			if .state[$key].driver == "-" then .state[$key].driver = $event.after
			else error("\($key) is bound twice") end
		elif $event.event == "unbound" then
			if .state[$key].driver == $event.before then .state[$key].driver = "-"
			else error("\($key) is unbound twice") end
		elif $event.event == "changed" and (.state | has($key)) and (.state[$key] | has($event.field)) then
			if .state[$key][$event.field] == ($event.before | text) then .state[$key][$event.field] = ($event.after | text)
			else error("\($key).\($event.field) was \(.state[$key][$event.field]), not \($event.before)") end
		else . end) | .state;

(if $ENV.FRESH then fresh else told end) | to_entries | sort_by(.key)[] | line(.key; .value)
