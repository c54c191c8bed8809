# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# Running many scenarios, and what came of it.

# verdict NAME STATUS SECONDS: read what the guest said; leaves
# "passed failed skipped" in NAME/result and the failures in NAME/failures.
verdict()
{
	local dir=$WORK/$1 passed=0 failed=0 skipped=0 planned
	case $2 in
	77)	if [ "${DMASCOPE_REQUIRE_VM:-}" = 1 ]; then
			failed=1
			echo "not ok - cannot run: $(cat "$dir/skip")" >"$dir/failures"
		else
			skipped=1
		fi ;;
	*)	passed=$(grep -c '^ok [0-9]* - [^#]*$' "$dir/tap" 2>/dev/null)
		failed=$(grep -c '^not ok ' "$dir/tap" 2>/dev/null)
		skipped=$(grep -c '^ok [0-9]* - .*# SKIP' "$dir/tap" 2>/dev/null)
		sed -n '/^not ok /,/^\(ok\|1\.\.\)/{ /^\(not ok\|#\)/p; }' "$dir/tap" >"$dir/failures" 2>/dev/null
		planned=$(sed -n 's/^1\.\.//p' "$dir/tap" 2>/dev/null)
		# A guest that died has said less than it meant to.
		if [ "$2" -ne 0 ] || [ "${planned:--1}" -ne $((passed + failed + skipped)) ]; then
			failed=$((failed + 1))
			{
				case $2 in
				124|137) echo "not ok - the guest did not finish in time" ;;
				*)	echo "not ok - the guest did not finish (status $2)" ;;
				esac
				tail -n 5 "$dir/qemu.log" "$dir/console" 2>/dev/null | sed 's/^/# /'
			} >>"$dir/failures"
		fi ;;
	esac
	if [ -e "$dir/disk.sum" ]; then
		if sha256sum --status -c "$dir/disk.sum" <"$dir/disk" 2>/dev/null; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "not ok - the disk is as it was" >>"$dir/failures"
		fi
	fi
	echo "$passed $failed $skipped $3" >"$dir/result"
}

# snapshot_keep NAME: what the guest's dmascope captured, for tests/machines.
snapshot_keep()
{
	[ ! -e "$WORK/$1/skip" ] || return 0
	rm -rf "${SNAPSHOTS:?}/$1"
	mkdir -p "$SNAPSHOTS/$1"
	tar -C "$SNAPSHOTS/$1" --strip-components=2 -m --warning=no-timestamp \
		-xf "$WORK/$1/out.tar" ./snapshot && return
	rm -rf "${SNAPSHOTS:?}/$1"
	return 1
}

# died_early NAME: whether the guest's kernel panicked before dmascope ran in it.
died_early()
{
	grep -q 'Kernel panic' "$WORK/$1/console" 2>/dev/null &&
		! grep -q '^# dmascope runs' "$WORK/$1/tap" 2>/dev/null
}

run_one()
{
	local start=$SECONDS status
	boot check "$1"
	status=$?
	# An emulator's fault and not ours: once more, and it is told.
	if died_early "$1"; then
		mkdir -p "$WORK/$1/first"
		mv "$WORK/$1/console" "$WORK/$1/tap" "$WORK/$1/qemu.log" "$WORK/$1/first/"
		rm -f "$WORK/$1/monitor.in" "$WORK/$1/monitor.out"
		boot check "$1"
		status=$?
	fi
	[ -z "$SNAPSHOTS" ] || snapshot_keep "$1" || status=1
	# Gone with the guest: large, and made again in a second.
	[ -n "$KEEP" ] || rm -f "$WORK/$1/initrd"
	verdict "$1" $status $((SECONDS - start))
	[ -n "$KEEP" ] || rm -f "$WORK/$1/disk"
}

row()
{
	local passed failed skipped seconds
	read -r passed failed skipped seconds <"$WORK/$1/result"
	printf '%-32s %7s %7s %7s %7s' "$1" "$seconds" "$passed" "$failed" "$skipped"
	[ ! -e "$WORK/$1/skip" ] || printf '  %s' "$(cat "$WORK/$1/skip")"
	[ ! -e "$WORK/$1/first" ] ||
		printf '  booted twice: %s' "$(grep -m 1 -o 'Kernel panic.*' "$WORK/$1/first/console")"
	echo
	[ -z "$VERBOSE" ] || [ ! -e "$WORK/$1/tap" ] || sed 's/^/    /' "$WORK/$1/tap"
	[ -n "$VERBOSE" ] || [ ! -s "$WORK/$1/failures" ] || sed 's/^/    /' "$WORK/$1/failures"
}

cmd_run()
{
	local name running=0 total=(0 0 0) passed failed skipped seconds start=$SECONDS
	[ $# -gt 0 ] || die "usage: vm run SCENARIO..."
	for name; do
		[ -f "$LAB/scenarios/$name" ] || die "no such scenario: $name"
	done
	# Each of them once: what it leaves has its name.
	# shellcheck disable=SC2046 # a list of words
	set -- $(printf '%s\n' "$@" | awk '!seen[$0]++')
	work_open
	prepare "$@"
	printf '%-32s %7s %7s %7s %7s\n' SCENARIO SECONDS PASSED FAILED SKIPPED
	for name; do
		while [ "$running" -ge "$JOBS" ]; do
			wait -n
			running=$((running - 1))
		done
		(trap - EXIT; run_one "$name"; with_lock_on "$WORK/row.lock" row "$name") &
		running=$((running + 1))
	done
	wait
	for name; do
		if ! read -r passed failed skipped seconds 2>/dev/null <"$WORK/$name/result"; then
			passed=0 failed=1 skipped=0
		fi
		total[0]=$((total[0] + passed))
		total[1]=$((total[1] + failed))
		total[2]=$((total[2] + skipped))
	done
	note "$# scenarios in $((SECONDS - start)) s, $ACCEL"
	[ "${total[1]}" -eq 0 ] || KEEP=1
	[ -z "$KEEP" ] || note "logs: $WORK"
	echo "${total[0]} passed, ${total[1]} failed, ${total[2]} skipped"
	[ "${total[1]}" -eq 0 ]
}

with_lock_on()
{
	local lock=$1
	shift
	(flock 9; "$@") 9>"$lock"
}

# prepare NAME…: what the scenarios share is made before they start, not by
# each of them.
prepare()
{
	local name needs=''
	for name; do
		needs="$needs $(scenario_load "$name" && echo "$arch:$kernel")"
	done
	# shellcheck disable=SC2086 # a list of words
	for name in $(printf '%s\n' $needs | sort -u); do
		# Once is enough to know that it cannot be had.
		kernel_fetch "${name#*:}" || : >"$WORK/without-${name#*:}"
	done
	# shellcheck disable=SC2086 # a list of words
	for arch in $(printf '%s\n' $needs | cut -d: -f1 | sort -u); do
		[ "$arch" != arm64 ] || [ ! -e "$WORK/without-arm64" ] || continue
		[ "$arch" != arm64 ] || arm64_prepare || continue
		base_pack "$arch" || warn "no guest file system for $arch"
	done
}

# Those that are there for their figures prove nothing that others do not.
# Those that may take long begin first, so that no processor waits for them at the end.
cmd_all()
{
	local name
	# shellcheck disable=SC2046 # a list of words
	cmd_run $(for name in $(scenario_names); do
		(scenario_load "$name" && [ -z "$figures" ] && echo "$timeout $name")
	done | sort -s -k1,1nr | cut -d' ' -f2)
}
