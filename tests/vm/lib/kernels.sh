# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# The kernels under test: Debian's own, unpacked and not installed, and the
# debug kernel, built once.  All of it lives in the cache, outside the tree:
#   kernels/NAME/{vmlinuz,config,release,version} and lib/modules for modprobe,
#   and of the debug kernel the headers that modules are built against.

KERNELS='6.1 6.12 cloud debug arm64'

# What is kept of Debian's kernels: another number for another choice of modules, so that
# a kernel that was fetched before is not taken for one that has them.
KEPT=2

# kernel_dir NAME: where a fetched kernel lies; fails when it is not there.
kernel_dir()
{
	local dir=$CACHE/kernels/$1
	if [ "$1" = debug ]; then
		dir=$dir-$(debug_key)
	else
		dir=$dir-$KEPT
	fi
	[ -e "$dir/version" ] || return 1
	echo "$dir"
}

# with_lock NAME CMD…: several labs may share one cache and must not do the
# same long work twice.
with_lock()
{
	local name=$1
	shift
	mkdir -p "$CACHE"
	(
		flock -n 9 || { note "waiting for another run to fetch $name"; flock 9; }
		"$@"
	) 9>"$CACHE/$name.lock"
}

kernel_fetch()
{
	kernel_dir "$1" >/dev/null && [ -z "${UPDATE:-}" ] && return 0
	with_lock "kernel-$1" kernel_fetch_locked "$1"
}

kernel_fetch_locked()
{
	local name=$1 arch=amd64 pattern found
	# Another run may have done it while this one waited.
	kernel_dir "$name" >/dev/null && [ -z "${UPDATE:-}" ] && return 0
	with_lock apt apt_prepare || return 1
	case $name in
	6.1)	pattern='linux-image-6\.1\.0-[0-9]+-amd64' ;;
	6.12)	pattern='linux-image-6\.12\.[0-9.]+\+deb12[0-9.]*-amd64' ;;
	cloud)	pattern='linux-image-6\.12\.[0-9.]+\+deb12[0-9.]*-cloud-amd64' ;;
	arm64)	pattern='linux-image-6\.12\.[0-9.]+\+deb12[0-9.]*-cloud-arm64' arch=arm64 ;;
	debug)	debug_build; return ;;
	*)	warn "no such kernel: $name"; return 1 ;;
	esac
	found=$(apt_newest "$arch" "$pattern") || return 1
	[ "$(cat "$CACHE/kernels/$name-$KEPT/version" 2>/dev/null)" != "$found" ] || return 0
	note "fetching kernel $name: $found"
	kernel_unpack "$name" "$arch" "$found"
}

kernel_unpack()
{
	local name=$1 arch=$2 found=$3 tmp release
	tmp=$(mktemp -d "$CACHE/kernel.XXXXXX") || return 1
	apt_unpack "$arch" "$tmp" "${found/ /=}" || { rm -rf "$tmp"; return 1; }
	release=$(basename "$tmp"/lib/modules/*)
	mv "$tmp/boot/vmlinuz-$release" "$tmp/vmlinuz"
	mv "$tmp/boot/config-$release" "$tmp/config"
	echo "$release" >"$tmp/release"
	rm -rf "${tmp:?}/boot" "${tmp:?}/usr"
	# Nothing here plays sound; one file system, one screen and one keyboard are enough.
	(cd "$tmp/lib/modules/$release/kernel" &&
	 rm -rf sound drivers/media drivers/staging drivers/net/wireless \
		drivers/infiniband drivers/iio drivers/input drivers/hwmon &&
	 find fs drivers/gpu drivers/hid -type f ! -path 'fs/ext4/*' ! -path 'fs/jbd2/*' \
		! -name 'mbcache.ko*' ! -name 'bochs*' ! -path 'drivers/gpu/drm/drm*' \
		! -path 'drivers/gpu/drm/ttm/*' ! -name 'hid.ko*' ! -name 'hid-generic.ko*' \
		! -name 'usbhid.ko*' -delete 2>/dev/null)
	depmod -b "$tmp" "$release" 2>/dev/null
	kernel_install "$tmp" "$CACHE/kernels/$name-$KEPT" "$found"
}

# kernel_install TMP DIR VERSION: the version file comes last, so a kernel that
# has one is whole.
kernel_install()
{
	chmod 755 "$1"
	mkdir -p "$CACHE/kernels"
	rm -rf "$2"
	mv "$1" "$2"
	echo "$3" >"$2/version"
}

# The debug kernel is known by its source and by what was asked of it.
debug_key()
{
	local version
	version=$(debug_version) || return 1
	printf '%s-%.12s\n' "$version" "$(sha256sum <"$LAB/debug.config")"
}

# debug_version: the source version; without package lists, that of the kernel
# already built from this configuration.
debug_version()
{
	local hash dir
	hash=$(sha256sum <"$LAB/debug.config" | cut -c1-12)
	if [ -z "${UPDATE:-}" ]; then
		for dir in "$CACHE"/kernels/debug-*-"$hash"; do
			[ -e "$dir/version" ] && { cut -d' ' -f2 "$dir/version"; return 0; }
		done
	fi
	[ -e "$CACHE/apt/amd64.conf" ] || { echo none; return 0; }
	apt_newest amd64 'linux-source-6\.12' | cut -d' ' -f2
}

debug_build()
{
	local tmp version key tool missing=
	for tool in flex bison bc make gcc; do
		command -v $tool >/dev/null || missing="$missing $tool"
	done
	[ -z "$missing" ] || { warn "the debug kernel needs:$missing"; return 1; }
	version=$(debug_version)
	key=$(debug_key)
	tmp=$(mktemp -d "$CACHE/debug.XXXXXX") || return 1
	note "building the debug kernel ($version): some minutes, once"
	if ! debug_make "$tmp" "$version" >"$CACHE/debug-build.log" 2>&1; then
		warn "the debug kernel did not build: see $CACHE/debug-build.log"
		rm -rf "$tmp"
		return 1
	fi
	rm -rf "$tmp/src" "$tmp/obj"
	kernel_install "$tmp" "$CACHE/kernels/debug-$key" "linux-source-6.12 $version"
}

debug_make()
{
	local tmp=$1 version=$2 option
	apt_unpack amd64 "$tmp/src" "linux-source-6.12=$version" || return 1
	# Only what an x86 build reads: unpacking all of it takes longer.
	tar -C "$tmp/src" -xf "$tmp"/src/usr/src/linux-source-6.12.tar.* || return 1
	mkdir "$tmp/obj"
	make -s -C "$tmp/src/linux-source-6.12" O="$tmp/obj" \
		KCONFIG_ALLCONFIG="$LAB/debug.config" allnoconfig || return 1
	# kconfig drops in silence what it cannot satisfy: a debug kernel that
	# lacks what it is for is worse than none.
	while IFS= read -r option; do
		case $option in
		*=n)	! grep -q "^${option%n}" "$tmp/obj/.config" ;;
		*)	grep -qxF "$option" "$tmp/obj/.config" ;;
		esac || { echo "the configuration lost $option"; return 1; }
	done < <(grep '^CONFIG_' "$LAB/debug.config")
	# Its name says nothing of the machine that built it.
	nice -n 10 make -s -C "$tmp/src/linux-source-6.12" O="$tmp/obj" \
		KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=lab -j"$(nproc)" bzImage modules || return 1
	# What modules are built against, as the kernel's own packages have it.
	make -s -C "$tmp/src/linux-source-6.12" O="$tmp/obj" run-command \
		KBUILD_RUN_COMMAND="\$(srctree)/scripts/package/install-extmod-build $tmp/headers" || return 1
	cp "$tmp/obj/arch/x86/boot/bzImage" "$tmp/vmlinuz"
	cp "$tmp/obj/.config" "$tmp/config"
	make -s -C "$tmp/src/linux-source-6.12" O="$tmp/obj" kernelrelease >"$tmp/release"
}
