#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# How dmascope is called: help, options before and after the command, errors, exit status.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	machine_vtd
	mappings_listed
}

@test "--version prints one line" {
	dmascope --version
	answered
	[[ $output =~ ^dmascope\ [0-9]+\.[0-9]+ ]]
	[[ ${#lines[@]} -eq 1 ]]
	dmascope -V
	answered
}

@test "--help names every command, option and exit status" {
	dmascope --help
	answered
	for word in status devices groups units iomem channels snapshot --sysroot --format --json --columns \
		--noheadings --color --human --help --version "Exit status: 0"; do
		[[ $output == *"$word"* ]] || fail "--help lacks $word"
	done
	[[ -z $stderr ]]
}

@test "every command has --help, and -h is the same" {
	for command in $(all_commands); do
		dmascope "$command" --help
		answered_by "$command"
		[[ $output == "Usage: dmascope $command "* ]] || fail "$command: $output"
		long=$output
		dmascope "$command" -h
		answered_by "$command"
		[[ $output == "$long" ]]
	done
}

@test "no line of any --help ends in a space" {
	for command in "" $(all_commands); do
		# shellcheck disable=SC2086 # nothing when empty
		dmascope $command --help
		! grep -nE '[[:space:]]$' <<<"$output" || fail "in --help of $command"
	done
}

@test "without a command it is status" {
	look
	without=$output
	look status
	answered
	[[ $output == "$without" ]]
}

@test "options stand before and after the command" {
	look devices -J -o bdf
	after=$output
	dmascope -J --sysroot "$M" -o bdf devices
	answered
	[[ $output == "$after" ]]
	dmascope devices -J 0000:00:02.0 --sysroot "$M" -o bdf
	answered
	is '.devices | length' 1
}

@test "options that belong together: -J, --json, -f json, --format=json" {
	look units -J
	first=$output
	for option in --json "-fjson" "--format=json"; do
		look units "$option"
		answered
		[[ $output == "$first" ]] || fail "$option"
	done
	look units --format json
	[[ $output == "$first" ]]
}

@test "an unknown command" {
	dmascope nonsense
	refused
	[[ $stderr == *nonsense* ]]
	dmascope ""
	refused
	dmascope devicesx
	refused
	dmascope -- nonsense
	refused
}

@test "an unknown option, before and after every command" {
	dmascope --nonsense
	refused
	[[ $stderr == *nonsense* ]]
	dmascope -Z
	refused
	for command in $(all_commands); do
		dmascope "$command" --nonsense
		refused
		[[ $stderr == *nonsense* ]]
	done
}

@test "an option without its argument" {
	for option in --sysroot -f -o --columns --format --color; do
		dmascope status "$option"
		refused
	done
}

@test "an argument for an option that takes none" {
	dmascope status --json=yes
	refused
}

@test "an unknown format" {
	for format in nonsense JSON "" xml; do
		look status -f "$format"
		refused
	done
}

@test "an unknown colour" {
	look status --color=sometimes
	refused
}

@test "an unknown column, in every command that has columns" {
	for command in $(record_commands); do
		for columns in nonsense "bdf,nonsense" "+nonsense" "+" ; do
			look "$command" -o "$columns"
			refused
		done
	done
}

@test "an empty list of columns is an error, not an empty answer" {
	look devices -o ""
	refused
	look devices -o ","
	refused
}

@test "an unknown function" {
	for bdf in 0000:99:00.0 ff:1f.7 nonsense "" 0000:00:02.0x 00:02.8 "0000:00:02.0 " \
		/etc/passwd ..; do
		look devices "$bdf"
		refused
	done
	look devices 0000:00:02.0 0000:99:00.0
	refused
}

@test "an unknown group" {
	for group in 99 -1 nonsense "" 0x0 18446744073709551616 "1 " 1.0; do
		look groups -- "$group"
		refused
	done
}

@test "an unknown unit" {
	for unit in dmar9 "" DMAR0 ../dmar0; do
		look units "$unit"
		refused
	done
}

@test "status takes no arguments" {
	look status nonsense
	refused
}

@test "a tree that is not there, a file, and nothing" {
	dmascope --sysroot "$BATS_TEST_TMPDIR/nowhere" status
	refused
	[[ $stderr == "dmascope: $BATS_TEST_TMPDIR/nowhere: "* ]]
	dmascope --sysroot "$M/proc/cmdline" status
	refused
	dmascope --sysroot "" status
	refused
}

@test "hostile words in errors do not reach the terminal" {
	for word in $'\e[31mred' $'two\nlines' $'\x9bbad' $'\u202ereversed'; do
		look "$word"
		refused
		! grep -qP '[^\x20-\x7e]' <<<"$stderr" || fail "«$stderr»"
		look devices "$word"
		refused
		look devices -o "$word"
		refused
		! grep -qP '[^\x20-\x7e]' <<<"$stderr" || fail "«$stderr»"
		look devices "--$word"
		refused
		! grep -qP '[^\x20-\x7e]' <<<"$stderr" || fail "«$stderr»"
	done
}

@test "functions by full and short address, and every function of a device" {
	look devices -J 0000:00:1f.3
	answered
	is '.devices[].bdf' 0000:00:1f.3
	look devices -J 00:1f.3
	is '.devices[].bdf' 0000:00:1f.3
	look devices -J 00:1f
	is '[.devices[].bdf] | join(" ")' "0000:00:1f.3 0000:00:1f.6"
	look devices -J 00:1F.6 00:02.0
	is '[.devices[].bdf] | join(" ")' "0000:00:1f.6 0000:00:02.0"
}

@test "groups and units by name" {
	look groups -J 10 0
	is '[.groups[].id] | join(" ")' "10 0"
	look units -J dmar1
	is '.units[].name' dmar1
}

@test "a run that answers is silent on stderr where everything could be read" {
	for command in $(record_commands); do
		look "$command"
		answered_by "$command"
		[[ -z $stderr ]] || fail "$command: $stderr"
	done
}
