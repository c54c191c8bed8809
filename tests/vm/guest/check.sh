# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2016,SC2154 # parts in the guest, programs of jq, variables of the scenario
#
# The check every scenario gets: is the machine what the scenario says, and is
# what dmascope says of it what the kernel says?  TAP on standard output.

. /lab/facts.sh

count=0

# tap STATUS TEXT: one line of TAP.
tap()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
	return "$1"
}

# ok TEXT CMD…: true or not.
ok()
{
	local text=$1
	shift
	"$@" >/dev/null 2>&1
	tap $? "$text"
}

skipped()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# scope ARGS…: dmascope, as the user the scenario wants.
scope()
{
	if [ -n "$run_as" ]; then
		su "$run_as" -c "dmascope $*"
	else
		dmascope "$@"
	fi
}

trim()
{
	sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d; /^#/d'
}

# The scenario's own claim about the kernel, one line each.
check_proofs()
{
	printf '%s\n' "$proof" | trim >/tmp/proofs
	while IFS= read -r line; do
		(eval "$line") >/dev/null 2>&1
		tap $? "kernel: $line"
	done </tmp/proofs
}

# ask: put every question, and look at the form of the answers.  Starting jq is
# the slowest thing in a guest, so it reads the four together.
ask()
{
	for record in $RECORDS; do
		scope "$record" -J >/tmp/"$record".json 2>/tmp/"$record".err
		echo $? >/tmp/"$record".status
	done
	if answers >/tmp/d.facts 2>/tmp/flat.err; then
		valid=
	else
		# One of them spoils the run: find out which.
		valid=unknown
		for record in $RECORDS; do
			jq -r -f /lab/tool.jq /tmp/"$record".json 2>/dev/null
		done >/tmp/d.facts
	fi
	for record in $RECORDS; do
		problem=
		read -r status </tmp/"$record".status
		# Tables with errors in them give 1.
		[ "$status" -eq 0 ] || [ "$record $status" = "tables 1" ] ||
			problem=" exit status $status"
		[ ! -s /tmp/"$record".err ] ||
			problem="$problem, standard error: $(head -n 1 /tmp/"$record".err)"
		[ -z "$valid" ] || jq -e . /tmp/"$record".json >/dev/null 2>&1 ||
			problem="$problem, not JSON"
		grep -qx "form - $record" /tmp/d.facts || problem="$problem, not in the agreed form"
		[ -z "$problem" ]
		tap $? "$record -J answers in valid JSON${problem:+:$problem}"
	done
	# shellcheck disable=SC2016 # awk's own
	awk '$1 == "status.iommu_state_why" && length($0) > 30 { found = 1 } END { exit !found }' /tmp/d.facts
	tap $? "the state of the IOMMU comes with a reason"
}

# answers: the four answers as facts.
answers()
{
	# shellcheck disable=SC2046 # a list of words
	jq -r -f /lab/tool.jq $(for record in $RECORDS; do echo /tmp/"$record".json; done)
}

# compare [TOLD [WHEN]]: each topic of the kernel's facts is one check of what dmascope told;
# false where something differs.
compare()
{
	awk -v count="$count" -v when="${2-}" '
		function fail(topic, text) {
			bad[topic]++
			if (bad[topic] <= 8) diag[topic] = diag[topic] "# " text "\n"
		}
		FILENAME == "/lab/pending" { if ($0 !~ /^#/) pending[$1]; next }
		{ topic = $1; subject = $2; value = $0; sub(/^[^ ]* [^ ]* ?/, "", value) }
		FILENAME != "/tmp/k.facts" { told[topic, subject] = value; has[topic]++; next }
		{
			if (!(topic in total)) order[++topics] = topic
			total[topic] += value != "?"
			seen[topic, subject] = 1
			if (value == "?") next
			if (!((topic, subject) in told)) {
				fail(topic, subject ": kernel " value ", dmascope does not say")
			} else if (told[topic, subject] != value)
				fail(topic, subject ": kernel " value ", dmascope " told[topic, subject])
		}
		END {
			for (key in told) {
				split(key, part, SUBSEP)
				if ((part[1] in total) && !((part[1], part[2]) in seen))
					fail(part[1], part[2] ": the kernel does not have it, dmascope " told[key])
			}
			for (i = 1; i <= topics; i++) {
				t = order[i]
				if (!(t in has) && (t in pending)) {
					printf "ok %d - %s # SKIP dmascope does not have it yet\n", ++count, t
					continue
				}
				if (t in bad) differ = 1
				printf "%s %d - %s%s agrees with the kernel (%d facts%s)\n%s",
					(t in bad) ? "not ok" : "ok", ++count, when, t, total[t],
					(t in bad) ? ", " bad[t] " differ" : "", diag[t]
			}
			print count >"/tmp/count"
			exit differ
		}' /lab/pending "${1-/tmp/d.facts}" /tmp/k.facts
	set -- $?
	read -r count </tmp/count
	return "$1"
}

# check_lies: the comparison proves something only if it can fail. With everything wrong in
# dmascope's answers but the names of the records, every fact of the kernel must differ.
check_lies()
{
	LIE=1 answers >/tmp/l.facts
	(compare /tmp/l.facts) | grep -v '^#' | awk '
		/# SKIP/ || / (dev\.bdf|group\.id|unit\.name|table\.signature|reach\.bdf) / || /\(0 facts/ { next }
		{
			match($0, /\([0-9]+ facts/)
			facts = substr($0, RSTART + 1) + 0
			total += facts
			if (!/^not ok/ || !index($0, "(" facts " facts, " facts " differ)")) print "# " $0
		}
		END { print total + 0 " facts" }' >/tmp/lies
	told=$(tail -n 1 /tmp/lies)
	[ "$(wc -l </tmp/lies)" -eq 1 ] && [ "$told" != "0 facts" ] &&
		[ "$(wc -l </tmp/l.facts)" -eq "$(wc -l </tmp/d.facts)" ]
	tap $? "told wrong, each of $told is noticed" || sed '$d' /tmp/lies
}

# An ordinary user is told of each group what the kernel formed, or nothing.
check_unprivileged()
{
	[ -n "$run_as" ] || return
	awk '
		FNR == NR { if ($1 == "group.devices") devices[$2] = $3; next }
		$1 == "group.predicted" && $3 != "-" && $3 != devices[$2] { wrong = 1 }
		$1 == "group.isolated" && $3 != "-" && $3 != (devices[$2] ~ /,/ ? "false" : "true") { wrong = 1 }
		$1 == "group.drift" && $3 == "true" { wrong = 1 }
		$1 ~ /^group\.(predicted|isolated|drift)$/ { told++ }
		END { exit wrong || told != 3 * length(devices) }' /tmp/k.groups /tmp/d.facts
	tap $? "an ordinary user is told of groups what root is, or nothing"
}

# command_of RECORD: the command that shows it, for records that are not called like it.
command_of()
{
	case $1 in
	regions)	echo iomem ;;
	parameters)	echo cmdline ;;
	findings)	echo audit ;;
	readiness)	echo ready ;;
	mappings)	echo leaks ;;
	explained)	echo devices --why ;;
	*)		echo "$1" ;;
	esac
}

# ask_for_named: asks what the expectations name besides the records of every scenario.
ask_for_named()
{
	named=$RECORDS
	sed 's/[^a-z].*//' /tmp/paths | sort -u >/tmp/named
	while IFS= read -r record; do
		case " $named " in
		*" $record "*) continue ;;
		esac
		named="$named $record"
		# shellcheck disable=SC2046 # a command and its options
		scope $(command_of "$record") -J >/tmp/"$record".json 2>/tmp/"$record".err </dev/null
		ok "$record are shown for the expectations" jq -e . /tmp/"$record".json
	done </tmp/named
}

# expectation PATH: of "RECORD[WHICH].FIELD…", the jq filter that yields a list
# of values; see README.md.
expectation()
{
	printf '%s\n' "$1" | sed -n \
		-e 's/^status\(\..*\)$/[$status | if type == "array" then .[] else . end | (\1)]/p' \
		-e 's/^\(devices\|explained\)\[\(....:..:..\..\)\]\(.*\)$/[$\1[] | select(.bdf == "\2") | (\3)]/p' \
		-e 's/^groups\[\(....:..:..\..\)\]\(.*\)$/[$groups[] | select(.devices | index("\1")) | (\2)]/p' \
		-e 's/^groups\[\([0-9][0-9]*\)\]\(.*\)$/[$groups[] | select(.id == \1) | (\2)]/p' \
		-e 's/^units\[\([^]][^]]*\)\]\(.*\)$/[$units[] | select(.name == "\1") | (\2)]/p' \
		-e 's/^tables\[\([A-Z0-9]*\)\]\(.*\)$/[$tables[] | select(.signature == "\1") | (\2)]/p' \
		-e 's/^parameters\[\([^]][^]]*\)\]\(.*\)$/[$parameters[] | select(.name + (if .value then "=" + .value else "" end) == "\1") | (\2)]/p' \
		-e 's/^findings\[\([a-z0-9-]*\)\]\(.*\)$/[$findings[] | select(.id == "\1") | (\2)]/p' \
		-e 's/^\([a-z]*\)\[\]\(.*\)$/[$\1[] | (\2)]/p'
}

# values_of: the values that answer each path of /tmp/paths, a line each.
values_of()
{
	{
		echo 'def text: if . == null then "null"
			elif type == "array" then (map(tostring) | sort | join(","))
			else tostring end;
		def line: map(text) | unique | join(" ");'
		while IFS= read -r path; do
			echo "(try ($(expectation "$path") | line) catch \"error: \\(.)\"),"
		done </tmp/paths
		echo empty
	} >/tmp/paths.jq
	set --
	for record in $named; do
		set -- "$@" --slurpfile "$record" /tmp/"$record".json
	done
	jq -n -r "$@" "$(for record in $named; do
			key=$record
			[ "$record" != explained ] || key=devices
			echo "(\$${record}[0].$key) as \$$record |"
		done) $(cat /tmp/paths.jq)"
}

# topic_of PATH: the same in the words of the facts: "group.isolated".
topic_of()
{
	printf '%s\n' "$1" | sed 's/^devices/dev/; s/^\(group\|unit\|table\)s/\1/; s/\[[^]]*\]//; s/^\([a-z]*\.[a-z_]*\).*/\1/'
}

check_expectations()
{
	printf '%s\n' "$expect" | trim >/tmp/expect
	printf '%s\n' "$null" | tr ' ' '\n' | trim | sed 's/$/ = null/' >>/tmp/expect
	[ -s /tmp/expect ] || return
	sed 's/ \(=\|!=\|~\) .*//' /tmp/expect >/tmp/paths
	ask_for_named
	values_of >/tmp/values 2>/tmp/values.err || cat /tmp/values.err >&2
	exec 3</tmp/values
	while IFS= read -r line; do
		path=$(printf '%s\n' "$line" | sed 's/ \(=\|!=\|~\) .*//')
		rest=${line#"$path" }
		operator=${rest%% *}
		want=${rest#"$operator" }
		got='(nothing)'
		IFS= read -r got <&3
		topic=$(topic_of "$path")
		if grep -qx "$topic" /lab/pending && ! grep -q "^$topic " /tmp/d.facts; then
			skipped "expected: $line" "dmascope does not have it yet"
			continue
		fi
		case $operator in
		=)	[ "$got" = "$want" ] ;;
		!=)	[ "$got" != "$want" ] ;;
		'~')	printf '%s\n' "$got" | grep -Eq -- "$want" ;;
		*)	false ;;
		esac
		tap $? "expected: $line" || echo "# it is: $got"
	done </tmp/expect
	exec 3<&-
}

# A snapshot, looked at later, says what the machine said.
check_snapshot()
{
	scope snapshot /tmp/s >/dev/null 2>/tmp/snapshot.err
	status=$?
	[ $status -eq 0 ] && [ -d /tmp/s ]
	tap $? "snapshot is taken" || sed 's/^/# /' /tmp/snapshot.err
	for record in $RECORDS; do
		scope --sysroot /tmp/s "$record" -J >/tmp/again-"$record".json 2>>/tmp/snapshot.err
	done
	still '' >/tmp/live
	still again- >/tmp/again
	for record in $RECORDS; do
		line=$(grep "^$record " /tmp/live)
		[ -n "$line" ] && [ "$line" = "$(grep "^$record " /tmp/again)" ]
		tap $? "$record of the snapshot are those of the machine" || {
			jq -S ".$record" /tmp/"$record".json >/tmp/a
			jq -S ".$record" /tmp/again-"$record".json >/tmp/b
			diff /tmp/a /tmp/b | grep '^[-+<>]' | grep -v '^[-+][-+]' | head -n 8 | sed 's/^/# /'
		}
	done
}

# still PREFIX: the records of the files so named, a line each, without what
# changes by itself between two looks.
still()
{
	# shellcheck disable=SC2046 # a list of words
	jq -r -S '.command + " " + (.[.command] | if type == "object" then [.] else . end
		| map(del(.swiotlb_used, .domains_used)) | tojson)' \
		$(for record in $RECORDS; do echo "/tmp/$1$record.json"; done) 2>&1
}

# The other ways to say the same: a line for every device.
check_formats()
{
	devices=$(wc -l </tmp/bdfs)
	[ "$(scope devices -n 2>/dev/null | wc -l)" -ge "$devices" ]
	tap $? "the table has a line for each device"
	[ "$(scope devices --format jsonl 2>/dev/null | grep -c '^{.*"record":"device".*}$')" -eq "$devices" ]
	tap $? "jsonl has a line for each device"
	scope status --format prometheus >/tmp/metrics 2>/dev/null && grep -q '^dmascope_.* [0-9]' /tmp/metrics &&
		! grep -Evq '^#|^[a-z_]+({.*})? [-+.0-9eNaInf]+$' /tmp/metrics
	tap $? "prometheus has gauges and nothing else"
}

# race BDF CHANGE: everything is asked while CHANGE, again and again, takes a device away and
# brings it back.
race()
{
	(
		while [ ! -e /tmp/enough ]; do
			eval "$2"
		done
	) >/dev/null 2>&1 &
	bad=0 looks=0 saw=0
	# Until some looks saw the device and some did not.
	while [ $looks -lt 6 ] || { [ $looks -lt 60 ] && { [ $saw -eq 0 ] || [ $saw -eq $looks ]; }; }; do
		for record in $RECORDS; do
			scope "$record" -J >/tmp/look 2>>/tmp/race.err ||
				[ "$record $?" = "tables 1" ] || bad=$((bad + 1))
			cat /tmp/look >>/tmp/race.json
			[ "$record" != devices ] || ! grep -q "\"bdf\": *\"$1\"" /tmp/look || saw=$((saw + 1))
		done
		scope snapshot /tmp/race.snapshot >/dev/null 2>>/tmp/race.err || bad=$((bad + 1))
		rm -rf /tmp/race.snapshot
		looks=$((looks + 1))
	done
	touch /tmp/enough
	wait
	ok "$looks looks at a changing machine all answer ($bad failed)" [ $bad -eq 0 ]
	ok "all of them are valid JSON" [ "$(jq -r .command /tmp/race.json | wc -l)" -eq $((looks * $(echo "$RECORDS" | wc -w))) ]
	ok "some looks saw the device and some did not ($saw did)" [ $saw -gt 0 -a $saw -lt $looks ]
	ok "none of them complained" [ ! -s /tmp/race.err ]
}

# valid FILE…: JSON, all of them.
valid()
{
	jq -e . "$@" >/dev/null 2>&1
}

# Every other command has to find an answer on this machine, whatever it is.
check_others()
{
	dmascope --help >/tmp/help 2>/dev/null
	set --
	for other in iomem channels cmdline audit ready faults path; do
		grep -q "^ *$other " /tmp/help || continue
		of=
		[ $other != path ] || of=$(tail -n 1 /tmp/bdfs)
		# shellcheck disable=SC2086 # nothing or a word
		scope $other -J $of >/tmp/$other.json 2>/tmp/$other.err
		echo $? >/tmp/$other.status
		set -- "$@" /tmp/$other.json
	done
	# Which of them is not is asked only then: see ask.
	valid "$@" && all=true || all=false
	for file; do
		other=${file#/tmp/} other=${other%.json}
		read -r status </tmp/"$other".status
		# The kernel's log is for root alone; that is said, in JSON, too.
		worst=1
		[ "$other" = faults ] && [ -n "$run_as" ] && worst=2
		[ "$status" -le $worst ] && [ -s "$file" ] && { $all || valid "$file"; }
		tap $? "$other -J answers (exit status $status)" || head -n 3 /tmp/"$other".err | sed 's/^/# /'
	done
}

RECORDS='status devices groups units tables reach'

check_proofs
if [ -n "$only" ] && [ -x /usr/bin/dmascope ]; then
	echo '# dmascope runs'
	eval "$also"
elif [ -x /usr/bin/dmascope ]; then
	echo '# dmascope runs'
	ask
	facts
	if [ -n "$brief" ]; then
		compare
		check_expectations
	else
		if compare; then
			check_lies
		else
			skipped "told wrong, each fact is noticed" "some are wrong as it is"
		fi
		check_unprivileged
		check_expectations
		check_snapshot
		if [ -n "$every" ]; then
			check_formats
			check_others
		fi
	fi
	eval "$also"
else
	facts
	ok "the kernel's facts are read" [ -s /tmp/k.facts ]
fi
echo "1..$count"
