# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# The other architecture: a tree of Debian's arm64 packages, for the tools in
# the guest and to build dmascope against.  Nothing of it is installed.

ARM64_GUEST='busybox-static jq pciutils pci.ids'
ARM64_BUILD='libc6-dev linux-libc-dev libpci-dev libudev-dev libjson-c-dev libsmartcols-dev libbpf-dev zlib1g-dev'

arm64_fetch()
{
	[ -e "$CACHE/arm64/stamp" ] && [ -z "$UPDATE" ] && return 0
	with_lock arm64 arm64_fetch_locked
}

arm64_fetch_locked()
{
	local root=$CACHE/arm64/root list
	[ -e "$CACHE/arm64/stamp" ] && [ -z "$UPDATE" ] && return 0
	with_lock apt apt_prepare || return 1
	note "fetching the arm64 tools"
	rm -rf "$root"
	# shellcheck disable=SC2086 # lists of words
	list=$(apt_closure arm64 $ARM64_GUEST $ARM64_BUILD) || return 1
	# shellcheck disable=SC2086
	apt_unpack arm64 "$root" $list qemu-efi-aarch64 || return 1
	# Absolute links would lead out of the tree to this machine's files.
	(cd "$root" && find . -type l -lname '/*' | while read -r link; do
		ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" ".$(readlink "$link")")" "$link"
	done)
	touch "$CACHE/arm64/stamp"
}

# arm64_prepare: the tree, and a dmascope for it.
arm64_prepare()
{
	arm64_fetch || return 1
	[ -n "$KERNEL_ONLY" ] || [ -n "$DMASCOPE_ARM64" ] || DMASCOPE_ARM64=$(arm64_build)
}

# arm64_build: cross-build the tree's sources in the cache; prints the program.
# A copy is built, so that the tree keeps no trace of it; one for each checkout, so
# that none gets what another changed.
arm64_build()
{
	with_lock arm64-build arm64_build_locked
}

arm64_build_locked()
{
	local dir root=$CACHE/arm64/root
	dir=$CACHE/arm64/build-$(sha256sum <<<"$TOP" | cut -c1-12)
	[ -e "$TOP/configure.ac" ] || { warn "no sources to build for arm64"; return 1; }
	mkdir -p "$dir"
	# What make made on this machine stays here; older files do not replace
	# newer ones, so the next build makes only what changed.
	(
		cd "$TOP" || exit 1
		git ls-files -co --exclude-standard 2>/dev/null | grep -v '^tests/vm/' |
			while read -r file; do [ ! -f "$file" ] || echo "$file"; done >"$dir/files"
		[ -s "$dir/files" ] || find . -type f ! -name '*.[oa]' ! -path './build/*' \
			! -path './tests/vm/*' ! -name config.status ! -name Makefile >"$dir/files"
		tar -T "$dir/files" -cf -
	) | tar -C "$dir" --keep-newer-files -xf - 2>/dev/null
	(
		cd "$dir" || exit 1
		export PKG_CONFIG_LIBDIR=$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig
		export PKG_CONFIG_SYSROOT_DIR=$root
		[ -e configure ] || autoreconf -fi || exit 1
		[ -e Makefile ] || ./configure --host=aarch64-linux-gnu \
			CC="aarch64-linux-gnu-gcc --sysroot=$root" || exit 1
		make -j"$(nproc)" dmascope
	) >"$dir.log" 2>&1 || { warn "dmascope did not build for arm64: see $dir.log"; return 1; }
	echo "$dir/dmascope"
}
