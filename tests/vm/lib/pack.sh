# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# The guest's file system: one cpio archive with the tools and the program
# under test, made once per run, and a small one per scenario behind it (and
# in front of both, uncompressed as the kernel wants it, an ACPI table).

# cpio_of DIR: a reproducible archive, owned by root whoever packs it.
cpio_of()
{
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# put ROOT FILE [DEST]: copy a file, keeping its path unless told otherwise.
put()
{
	install -D -m 755 "$2" "$1${3:-$2}"
}

# put_program ROOT FILE DEST: a program with the libraries and the loader that
# this machine would run it with.
put_program()
{
	local lib
	put "$1" "$2" "$3"
	LC_ALL=C ldd "$2" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (0x.*/\1/p' |
		while read -r lib; do
			[ -e "$1$lib" ] || put "$1" "$lib"
		done
}

# put_foreign ROOT SYSROOT FILE DEST: the same for another architecture, where
# ldd cannot help: follow the NEEDED entries through SYSROOT.
put_foreign()
{
	local root=$1 sysroot=$2 todo lib path
	put "$root" "$3" "$4"
	todo=$(needed_by "$3")
	while [ -n "$todo" ]; do
		lib=${todo%%[[:space:]]*}
		todo=${todo#"$lib"}
		todo=${todo#[[:space:]]}
		[ ! -e "$root/lib/$lib" ] || continue
		path=$(find "$sysroot/lib" "$sysroot/usr/lib" -name "$lib" | head -n 1)
		[ -n "$path" ] || { warn "no $lib in the arm64 tree"; return 1; }
		put "$root" "$path" "/lib/$lib"
		todo="$todo $(needed_by "$path")"
		todo=${todo# }
	done
}

needed_by()
{
	LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' '
}

# base_pack ARCH: $WORK/base-ARCH.cpio.
base_pack()
{
	local root=$WORK/base-$1 tool ids sysroot
	mkdir -p "$root"/{bin,sbin,etc,proc,sys,dev,tmp,run,root,lab,out,lib,lib64,usr/bin,usr/share}
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	echo "lab" >"$root/etc/hostname"
	put "$root" "$LAB/guest/init" /init
	case $1 in
	x86_64)
		put "$root" "$(command -v busybox)" /bin/busybox
		for tool in jq lspci setpci; do
			put_program "$root" "$(PATH=$PATH:/sbin:/usr/sbin command -v $tool)" /usr/bin/$tool || return 1
		done
		[ -z "$DMASCOPE" ] || put_program "$root" "$DMASCOPE" /usr/bin/dmascope || return 1
		for tool in vfio-open map-loop; do
			gcc -O1 -static -o "$root/usr/bin/$tool" "$LAB/guest/$tool.c" || return 1
		done
		ids=/usr/share/misc/pci.ids
		;;
	arm64)
		sysroot=$CACHE/arm64/root
		put "$root" "$sysroot/bin/busybox" /bin/busybox
		for tool in jq lspci setpci; do
			put_foreign "$root" "$sysroot" "$sysroot/usr/bin/$tool" /usr/bin/$tool || return 1
		done
		put "$root" "$(find "$sysroot/lib" -name ld-linux-aarch64.so.1 | head -n 1)" /lib/ld-linux-aarch64.so.1
		aarch64-linux-gnu-gcc --sysroot="$sysroot" -O1 -static -o "$root/usr/bin/vfio-open" \
			"$LAB/guest/vfio-open.c" || return 1
		[ -z "$DMASCOPE_ARM64" ] ||
			put_foreign "$root" "$sysroot" "$DMASCOPE_ARM64" /usr/bin/dmascope || return 1
		ids=$sysroot/usr/share/misc/pci.ids
		;;
	esac
	[ ! -e "$ids" ] || put "$root" "$ids" /usr/share/misc/pci.ids
	cpio_of "$root" >"$WORK/base-$1.cpio"
}

# modules_pack ROOT KERNEL_DIR MODULE…: these modules, unpacked because busybox
# cannot read .xz, with those they depend on, and a modules.dep for modprobe.
modules_pack()
{
	local root=$1 kdir=$2 release to word path plain half list
	shift 2
	release=$(cat "$kdir/release")
	[ -d "$kdir/lib/modules/$release" ] || return 0
	to=$root/lib/modules/$release
	mkdir -p "$to" "$kdir/plain"
	list=$(for word; do
		PATH=$PATH:/sbin:/usr/sbin modprobe -d "$kdir" -S "$release" --show-depends "$word" 2>/dev/null |
			sed -n 's/^insmod \([^ ]*\).*/\1/p' | tr '\n' ' '
		echo
	done)
	: >"$to/modules.dep.new"
	# shellcheck disable=SC2086 # a list of words
	for path in $(printf '%s\n' $list | sort -u); do
		plain=$(basename "${path%.xz}")
		if [ ! -e "$kdir/plain/$plain" ]; then
			# A redirection is expanded in the child, which has a BASHPID of its own.
			half=$kdir/plain/$plain.$BASHPID
			case $path in
			*.xz)	xz -dc "$path" >"$half" ;;
			*)	cp "$path" "$half" ;;
			esac || return 1
			mv "$half" "$kdir/plain/$plain"
		fi
		cp "$kdir/plain/$plain" "$to/$plain"
		awk -F: -v want="${path##*"$release"/}" -v name="$plain" '
			$1 == want {
				n = split($2, dep, " ")
				line = name ":"
				for (i = 1; i <= n; i++) {
					sub(/.*\//, "", dep[i]); sub(/\.xz$/, "", dep[i])
					line = line " " dep[i]
				}
				print line
			}' "$kdir/lib/modules/$release/modules.dep" >>"$to/modules.dep.new"
	done
	mv "$to/modules.dep.new" "$to/modules.dep"
}

# acpi_compile SOURCE OUT: a firmware table from ACPI source, or from bytes
# for what the compiler does not know or would refuse.
acpi_compile()
{
	local -a byte
	local sum=0 b size
	case $1 in
	*.asl)	iasl -p "${2%.aml}" "$1" >"$2.log" 2>&1 || { cat "$2.log" >&2; return 1; }
		rm -f "$2.log"
		return ;;
	esac
	# shellcheck disable=SC2207 # a list of bytes
	byte=($(sed 's/#.*//' "$1"))
	size=${#byte[@]}
	printf -v 'byte[4]' %02x $((size & 255))
	printf -v 'byte[5]' %02x $((size >> 8))
	for b in "${byte[@]}"; do
		sum=$((sum + 0x$b))
	done
	printf -v 'byte[9]' %02x $((-sum & 255))
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(printf '\\x%s' "${byte[@]}")" >"$2"
}

# acpi_pack SOURCE OUT: compile a table and wrap it as the kernel's table
# upgrade wants it.
acpi_pack()
{
	local dir out=$2
	dir=$(mktemp -d "$WORK/acpi.XXXXXX") || return 1
	mkdir -p "$dir/kernel/firmware/acpi"
	acpi_compile "$1" "$dir/kernel/firmware/acpi/table.aml" || return 1
	(cd "$dir" && find kernel | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$out"
	rm -rf "$dir"
}

# scenario_pack DIR: the initrd of the scenario whose variables are set, in
# DIR/initrd.
scenario_pack()
{
	local dir=$1 root=$1/root
	local table program
	mkdir -p "$root/lab" "$root/boot"
	cp "$LAB"/guest/*.sh "$LAB"/guest/*.jq "$LAB/guest/pending" "$root/lab/"
	cp "$LAB/scenarios/$name" "$root/lab/scenario"
	cp "$dir/job" "$root/lab/job"
	[ -z "$SNAPSHOTS" ] || : >"$root/lab/keep"
	[ ! -e "$dir/command" ] || cp "$dir/command" "$root/lab/command"
	cp "$kdir/config" "$root/boot/config-$(cat "$kdir/release")"
	for program in $programs; do
		put_program "$root" "$(PATH=$PATH:/sbin:/usr/sbin command -v "$program")" "/usr/bin/$program" || return 1
	done
	# The lines out of the guest are virtio on the platform bus there.
	[ "$arch" != arm64 ] || modules_later="$modules_later virtio_mmio"
	# shellcheck disable=SC2086 # lists of words
	modules_pack "$root" "$kdir" $modules $modules_later && built_pack "$root" "$kdir" $build || return 1
	: >"$dir/initrd"
	for table in "$LAB/scenarios/$name".asl "$LAB/scenarios/$name".hex; do
		[ -e "$table" ] || continue
		acpi_pack "$table" "$dir/acpi.cpio" || return 1
		cat "$dir/acpi.cpio" >>"$dir/initrd"
	done
	cpio_of "$root" >"$dir/scenario.cpio"
	cat "$WORK/base-$arch.cpio" "$dir/scenario.cpio" >>"$dir/initrd"
	rm -rf "$root" "$dir/scenario.cpio"
}
