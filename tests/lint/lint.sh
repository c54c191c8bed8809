# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the lint scripts share: TAP, and the files of the tree.

set -u
shopt -s nullglob
export LC_ALL=C.UTF-8

count=0 failed=0

# result NAME TEXT: passes where TEXT, the list of what is wrong, is empty.
result() {
	count=$((count + 1))
	if [[ -z $2 ]]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		echo "# ${2//$'\n'/$'\n'# }"
		failed=1
	fi
}

skip_result() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# proves NAME TEXT FILE…: the self-test. TEXT, what was found in a tree that breaks every
# rule, has to name each of the files.
proves() {
	local name=$1 text=$2 file missed=''

	shift 2
	for file; do
		[[ $text == *"$file"* ]] || missed+="not found: $file"$'\n'
	done
	result "$name: the check can fail" "${missed%$'\n'}"
}

finish() {
	echo "1..$count"
	exit "$failed"
}

# The files that belong to the project below TOP: those of git; in a tarball, where what
# Autotools made stands between them, those of its directories.
project_files() {
	if [[ -e $1/.git ]] && git -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git -C "$1" ls-files --cached --others --exclude-standard
	else
		(cd "$1" && find ./*.md ./*.ac ./*.am quickstart src tests man completions data m4 \
			-type f -not -path '*/.deps/*' -not -name '*.[oa]' -not -name '*.log' \
			-not -name '*.trs' 2>/dev/null | sed 's,^\./,,')
	fi | LC_ALL=C sort
}

# shellcheck disable=SC2034 # of those who read this file
top=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
