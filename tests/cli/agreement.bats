#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# For each record: --help, -o and JSON speak of the same fields.

load helpers

setup() {
	need jq
	machine_vtd
	mappings_listed
}

# "HEADING<tab>KEY" of each column that --help lists; KEY is empty for text alone.
help_columns() {
	"$DMASCOPE" "$1" --help | awk '
		/^Columns/ { inside = 1; next }
		/^$/ { inside = 0 }
		inside {
			name = substr($0, 3, 23)
			sub(/ +$/, "", name)
			key = tolower(name)
			gsub(/[- ]/, "_", key)
			if (match($0, /\[not in JSON\]$/))
				key = ""
			else if (match($0, /\[[a-z0-9_]+\]$/))
				key = substr($0, RSTART + 1, RLENGTH - 2)
			print name "\t" key
		}'
}

@test "every command's --help lists columns" {
	for command in $(record_commands); do
		[[ $(help_columns "$command" | wc -l) -ge 3 ]] || fail "$command"
	done
	[[ $(record_commands | wc -l) -ge 4 ]]
}

@test "--help has every heading in its column" {
	for command in $(record_commands); do
		! "$DMASCOPE" "$command" --help | sed -n '/^Columns/,/^$/p' | grep -E '^ [* ].{23}[^ ]' ||
			fail "$command: a heading runs into the help behind it"
	done
}

@test "every heading of --help is a column for -o" {
	for command in $(record_commands); do
		while IFS=$'\t' read -r heading _; do
			look "$command" -o "$heading"
			answered_by "$command"
		done < <(help_columns "$command")
	done
}

@test "every key of --help is a column for -o" {
	for command in $(record_commands); do
		while IFS=$'\t' read -r _ key; do
			[[ -n $key ]] || continue
			look "$command" -o "$key"
			answered_by "$command"
		done < <(help_columns "$command")
	done
}

@test "a heading shows the column of that heading" {
	for command in devices groups units; do
		while IFS=$'\t' read -r heading _; do
			look "$command" -o "$heading"
			[[ ${lines[0]// /} == "$heading" ]] || fail "$command $heading: ${lines[0]}"
		done < <(help_columns "$command")
	done
}

@test "the keys of --help are those of JSON" {
	for command in $(record_commands); do
		# What is shown where it is asked for is among the keys.
		case $command in
		devices) asked=(--why) ;;
		leaks) asked=(diff "$M" "$M") ;;
		*) asked=() ;;
		esac
		look "$command" "${asked[@]}" -J
		json=$(jq -r ".$(records_of "$command")[0] | keys[]" <<<"$output" | sort)
		help=$(help_columns "$command" | cut -f2 | grep . | sort)
		# What only a trace has is compared where one can be made, in the lab.
		if [[ $command == leaks ]]; then
			help=$(grep -Evx 'maps|unmaps|(maps|bytes)_per_second|life_us|old|old_bytes|oldest_seconds|older_unmaps|stacks' \
				<<<"$help")
		fi
		[[ $json == "$help" ]] || fail "$command: $(diff <(echo "$json") <(echo "$help"))"
	done
}

@test "the columns with a star are those of the default table" {
	for command in devices units iomem channels; do
		look "$command"
		table=$(head -n 1 <<<"$output" | tr -s ' ' '\n')
		help=$("$DMASCOPE" "$command" --help | sed -n '/^Columns/,$s/^ \*\([^ ]*\) .*/\1/p')
		[[ $table == "$help" ]] || fail "$command: $table"
	done
}

@test "the keys of the contract are there" {
	look status -J
	is '.status[0] | [has("iommu_state", "iommu_state_why", "iommu_kind", "default_domain",
		"default_domain_why", "interrupt_remapping", "units", "groups", "devices",
		"bus_masters", "bus_masters_untranslated", "third_party_channels",
		"swiotlb_slots", "swiotlb_used", "dma_debug")] | all' true
	look devices -J
	is '.devices[0] | [has("bdf", "vendor_id", "device_id", "class_id", "vendor", "device",
		"class", "driver", "group", "unit", "domain_type", "translation",
		"translation_why", "bus_master", "dma_mask_bits", "consistent_dma_mask_bits",
		"numa_node", "ats", "pri", "pasid", "acs", "reset_methods", "physfn", "virtfns",
		"removable", "upstream")] | all' true
	look groups -J
	is '.groups[0] | [has("id", "type", "owner", "devices", "reserved_regions", "isolated",
		"why", "predicted", "drift")] | all' true
	is '.groups[0].why[0] | [has("code", "bdf", "text")] | all' true
	is '.groups[0].reserved_regions[0] | keys | join(" ")' "end start type"
	look units -J
	is '.units[0] | [has("name", "kind", "segment", "register_base", "version",
		"capabilities", "address_width", "page_sizes", "interrupt_remapping", "devices",
		"domains_used", "domains_supported")] | all' true
	look iomem -J
	is 'keys | index("regions") != null' true
	look channels -J
	is 'keys | index("channels") != null' true
	look faults -J
	is '.faults[0] | [has("time", "kind", "unit", "bdf", "access", "address", "reason",
		"reason_text", "count", "driver")] | all' true
}

@test "identifiers and addresses are strings, counts are numbers" {
	look devices -J 00:02.0
	is '.devices[0] | .vendor_id, .device_id, .class_id' $'0x8086\n0x3e92\n0x030000'
	is '.devices[0] | [.dma_mask_bits, .group, .numa_node | type] | unique | join(" ")' number
	look groups -J 0
	is '.groups[0].reserved_regions[0] | [.start, .end, .type] | join(" ")' \
		"0xfee00000 0xfeefffff msi"
	look units -J dmar0
	is '.units[0].register_base' 0xfed90000
	is '.units[0].page_sizes | join(" ")' "4096 2097152 1073741824"
}
