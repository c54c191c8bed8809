# dmascope's JSON as lines "topic subject value", for a comparison with the
# kernel's word: null is "-", lists are joined by commas, and the leading zeros
# of addresses are gone.
def plain:
  if . == null then "-"
  elif type == "array" then
    (if length == 0 then "-" else map(plain) | join(",") end)
  elif type == "object" then
    (if has("start") and has("end") then "\(.start | plain)-\(.end | plain):\(.type)"
     else tojson end)
  elif type == "string" then
    # Identifiers have their digits, addresses none too many.
    (if length > 8 and test("^0x0+[0-9a-f]+$") then sub("^0x0+(?=[0-9a-f])"; "0x") else . end)
  else tostring end;

def lines($topic; $subject):
  to_entries[]
  # Of ACS nothing switched on and not readable are not the same.
  | (if (.key | test("^acs")) and .value == [] then "none"
     elif (.key | test("^(devices|predicted|virtfns)$")) and (.value | type) == "array"
     then (.value | sort | plain)
     else (.value | plain) end) as $text
  | "\($topic).\(.key) \($subject) \($text)";

# Structures of a firmware table by their names: what of each the kernel logs.
def table:
  . as $table
  | def of($name; filter): [$table.structures[]? | select(.name == $name) | filter];
  { signature, length, revision, oem_id, oem_table_id,
    drhd: of("DRHD"; "\(.register_base):\(.flags)"), rmrr: of("RMRR"; "\(.base)-\(.end)"),
    atsr: of("ATSR"; .flags), satc: of("SATC"; .flags),
    rhsa: of("RHSA"; "\(.register_base):\(.proximity_domain)"),
    # What stands between the table and this machine; how well it is made is not for here.
    problems: [.problems[]?.code | select(test("^(unit|scope|region)-"))] };

# Every value made wrong, down to the last one of a list.
def wrong:
  if type == "boolean" then not
  elif type == "number" then . + 1
  elif type == "array" and length > 0 then map(wrong)
  elif type == "object" then map_values(wrong)
  else "lie" end;

# A record in which everything is wrong but the name that it is known by.
def lie($name): with_entries(if .key == $name then . else .value |= wrong end);

# With LIE in the environment the comparison gets wrong answers, to prove that it can fail.
( if $ENV.LIE then
    .devices[]? |= lie("bdf") | .reach[]? |= lie("bdf") | .groups[]? |= lie("id") | .units[]? |= lie("name")
    | (.status | values) |= if type == "array" then map(lie("")) else lie("") end
  else . end ) |

# The envelope that every answer has.
( select(.schema == 1 and .program == "dmascope" and has("version") and has("system")
    and has("unread") and has(.command)) | "form - \(.command)" ),
( .devices[]? | . as $d | $d | lines("dev"; $d.bdf) ),
( .groups[]? | . as $g | $g | lines("group"; $g.id) ),
( .units[]? | . as $u | $u | lines("unit"; $u.name) ),
( .reach[]? | . as $r | $r | lines("reach"; $r.bdf) ),
( .tables[]? | table | if $ENV.LIE then lie("signature") else . end
  | . as $t | $t | lines("table"; $t.signature) ),
( .status? | values | if type == "array" then .[0] else . end | lines("status"; "-") )
