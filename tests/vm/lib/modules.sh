# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# Kernel modules of the lab's own (module/), built for the kernel of a scenario.
# What they are built against and what came of it lie in the cache:
#   headers/RELEASE of Debian's packages, or beside the debug kernel;
#   modules/NAME-RELEASE-CHECKSUM.ko

# headers_dir KERNEL_DIR: where modules for a kernel are built; fails when it is
# not there.
headers_dir()
{
	local release dir=$1/headers
	release=$(cat "$1/release")
	[ -d "$dir" ] || dir=$CACHE/headers/$release/usr/src/linux-headers-$release
	[ -e "$dir/Module.symvers" ] || return 1
	echo "$dir"
}

headers_fetch()
{
	headers_dir "$1" >/dev/null || with_lock headers headers_fetch_locked "$1"
}

headers_fetch_locked()
{
	local release list tmp
	headers_dir "$1" >/dev/null && return 0
	release=$(cat "$1/release")
	with_lock apt apt_prepare || return 1
	# The headers, those that all flavours share, and the tools; the compiler is ours.
	list=$(apt_closure amd64 "linux-headers-$release" | grep -E '^linux-(headers|kbuild)-')
	[ -n "$list" ] || { warn "no package has the headers of $release: vm -u fetch gets a newer kernel"; return 1; }
	note "fetching the headers of $release"
	tmp=$(mktemp -d "$CACHE/unpack.XXXXXX") || return 1
	# shellcheck disable=SC2086 # a list of words
	if ! apt_unpack amd64 "$tmp" $list ||
	   # Its Makefile says where the package would have been installed.
	   ! sed -i 's#^include /usr/src/#include ../#' "$tmp/usr/src/linux-headers-$release/Makefile"; then
		rm -rf "$tmp"
		return 1
	fi
	# With it, the types of a module would be made, by a program more.
	rm -f "$tmp/usr/src/linux-headers-$release/vmlinux"
	rm -rf "${tmp:?}/lib" "${tmp:?}/usr/share" "$CACHE/headers/$release"
	mkdir -p "$CACHE/headers"
	chmod 755 "$tmp"
	mv "$tmp" "$CACHE/headers/$release"
}

# module_file KERNEL_DIR NAME: where it is kept, by all that it is made of.
module_file()
{
	local sum
	sum=$({ basename "$1"; cat "$1/version" "$LAB/module/Kbuild" "$LAB/module/$2.c"; } |
		sha256sum | cut -c1-12)
	echo "$CACHE/modules/$2-$(cat "$1/release")-$sum.ko"
}

# module_build KERNEL NAME
module_build()
{
	local kdir
	[ ! -e "$WORK/without-$1-$2" ] || return 1
	kdir=$(kernel_dir "$1") || return 1
	[ -e "$(module_file "$kdir" "$2")" ] || with_lock "module-$2" module_build_locked "$kdir" "$2" ||
		{ : >"$WORK/without-$1-$2"; return 1; }
}

module_build_locked()
{
	local file headers tmp status=0
	file=$(module_file "$1" "$2")
	[ ! -e "$file" ] || return 0
	headers_fetch "$1" && headers=$(headers_dir "$1") || return 1
	note "building $2 for $(cat "$1/release")"
	tmp=$(mktemp -d "$CACHE/module.XXXXXX") || return 1
	cp "$LAB/module/Kbuild" "$LAB/module/$2.c" "$tmp"
	if nice -n 10 make -C "$headers" M="$tmp" CC=gcc modules >"$tmp/log" 2>&1 &&
	   strip --strip-debug "$tmp/$2.ko"; then
		mkdir -p "$CACHE/modules"
		mv "$tmp/$2.ko" "$file"
	else
		status=1
		warn "$2 did not build for $(cat "$1/release"):"
		tail -n 20 "$tmp/log" >&2
	fi
	rm -rf "$tmp"
	return $status
}

# built_pack ROOT KERNEL_DIR NAME…: these where modprobe finds them.
built_pack()
{
	local to word kdir=$2
	to=$1/lib/modules/$(cat "$2/release")
	shift 2
	for word; do
		mkdir -p "$to"
		cp "$(module_file "$kdir" "$word")" "$to/$word.ko" || return 1
		echo "$word.ko:" >>"$to/modules.dep"
	done
}
