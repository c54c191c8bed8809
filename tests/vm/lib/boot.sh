# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# One scenario from its file to a machine that has run and stopped.

# scenario_load NAME: the variables of a scenario, with their defaults.
scenario_load()
{
	name=$1
	title='' arch=x86_64 kernel=6.12 cpu=max smp=1 memory=512 machine='' devices=''
	cmdline='' disk='' figures='' modules='' modules_later='' build='' programs='' monitor='' timeout=180
	[ -f "$LAB/scenarios/$name" ] || die "no such scenario: $name"
	# shellcheck source=/dev/null
	. "$LAB/scenarios/$name" || die "$name: cannot be read"
	case $arch:$kernel in
	arm64:6.12)	kernel=arm64 ;;
	arm64:*)	die "$name: arm64 has kernel 6.12 only" ;;
	esac
}

scenario_names()
{
	(cd "$LAB/scenarios" && ls) | grep -v '\.[a-z]*$'
}

# scenario_obstacle: why the loaded scenario cannot run here; empty when it can.
scenario_obstacle()
{
	local tool word
	# shellcheck disable=SC2154 # of the scenario
	for tool in "qemu-system-${arch/arm64/aarch64}" busybox cpio gcc jq lspci iasl modprobe xz ${build:+make} $programs; do
		PATH=$PATH:/sbin:/usr/sbin command -v "$tool" >/dev/null ||
			{ echo "$tool is not installed"; return; }
	done
	{ [ ! -e "$WORK/without-$kernel" ] && kernel_fetch "$kernel" >&2; } || { echo "kernel $kernel cannot be had"; return; }
	for word in $build; do
		module_build "$kernel" "$word" >&2 || { echo "$word cannot be built for kernel $kernel"; return; }
	done
	[ "$arch" != arm64 ] || arm64_fetch >&2 || { echo "the arm64 tools cannot be had"; return; }
	[ "$arch" != arm64 ] || [ -n "$KERNEL_ONLY" ] || [ -n "$DMASCOPE_ARM64" ] ||
		echo "dmascope cannot be built for arm64"
}

# accel_choose: hardware virtualisation where it works, which is more than the
# device node being there: a nested or restricted KVM opens and then fails.
accel_choose()
{
	local out
	[ -z "${DMASCOPE_VM_ACCEL:-}" ] || { echo "$DMASCOPE_VM_ACCEL"; return; }
	if [ -w /dev/kvm ] && command -v qemu-system-x86_64 >/dev/null; then
		# Without a disk the firmware gives up and resets: -no-reboot ends it.
		out=$(mktemp "$WORK/kvm.XXXXXX")
		timeout 10 qemu-system-x86_64 -machine q35,kernel-irqchip=split -accel kvm -cpu max \
			-nodefaults -display none -no-reboot -boot reboot-timeout=1 \
			-chardev "file,id=log,path=$out" -device isa-debugcon,iobase=0x402,chardev=log \
			>/dev/null 2>&1 && [ -s "$out" ] && echo kvm && return
	fi
	echo tcg
}

# qemu_command DIR: the machine of the loaded scenario, in the array qemu.
qemu_command()
{
	local dir=$1 tty accel=$ACCEL timer='' acceleration
	case $arch in
	x86_64)
		tty=ttyS0
		# On a busy host an emulated timer ticks too late for the kernel's check of it,
		# which then panics: "timer doesn't work through Interrupt-remapped IO-APIC".
		timer=no_timer_check
		qemu=(qemu-system-x86_64 -machine "q35,kernel-irqchip=split$machine")
		;;
	arm64)
		# One UART only: the results leave through virtio on the platform
		# bus, which adds nothing to the PCI topology under test.
		tty=ttyAMA0 accel=tcg
		qemu=(qemu-system-aarch64 -machine "virt,gic-version=3$machine"
			-bios "$CACHE/arm64/root/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")
		;;
	esac
	acceleration=$accel
	# Emulated processors in threads of their own now and then crash its kernel.
	[ "$accel" != tcg ] || [ "$smp" -eq 1 ] || acceleration=tcg,thread=single
	qemu+=(-accel "$acceleration" -cpu "$cpu" -smp "$smp" -m "$memory" -nodefaults -display none -no-reboot
		-kernel "$kdir/vmlinuz" -initrd "$dir/initrd"
		-append "console=$tty $QUIET panic=-1 $timer $cmdline")
	if [ "$(cat "$dir/job")" = shell ]; then
		qemu+=(-serial mon:stdio)
	else
		qemu+=(-serial "file:$dir/console")
	fi
	# shellcheck disable=SC2054 # the commas are QEMU's
	case $arch in
	x86_64)	qemu+=(-serial "file:$dir/tap" -serial "file:$dir/out.tar") ;;
	arm64)	qemu+=(-device virtio-serial-device
			-chardev "file,id=tap,path=$dir/tap" -device virtserialport,chardev=tap,nr=1
			-chardev "file,id=out,path=$dir/out.tar" -device virtserialport,chardev=out,nr=2) ;;
	esac
	# What the guest writes to its fourth port is for QEMU's monitor.
	[ -z "$monitor" ] || {
		mkfifo "$dir/monitor.in" && : >"$dir/monitor.out"
		qemu+=(-chardev "pipe,id=monitor,path=$dir/monitor" -mon chardev=monitor
			-chardev "file,id=port,path=$dir/monitor.in" -serial chardev:port)
	}
	# shellcheck disable=SC2206 # a list of words
	qemu+=(${devices//@disk@/$dir/disk})
}

# disk_make DIR: a disk with something on it, and what it is.
disk_make()
{
	head -c "$disk" /dev/urandom >"$1/disk" && sha256sum <"$1/disk" >"$1/disk.sum"
}

# boot JOB NAME [COMMAND]: pack and run.  0 ran, 1 did not, 77 cannot run here.
boot()
{
	local dir=$WORK/$2 why
	local -a qemu
	scenario_load "$2"
	mkdir -p "$dir"
	[ "$arch" != arm64 ] || [ -e "$WORK/base-arm64.cpio" ] || arm64_prepare
	why=$(scenario_obstacle)
	[ -z "$why" ] || { echo "$why" >"$dir/skip"; return 77; }
	kdir=$(kernel_dir "$kernel")
	[ -e "$WORK/base-$arch.cpio" ] || base_pack "$arch" || return 1
	echo "$1" >"$dir/job"
	[ -z "${3:-}" ] || printf '%s\n' "$3" >"$dir/command"
	scenario_pack "$dir" || return 1
	[ -z "$disk" ] || disk_make "$dir" || return 1
	qemu_command "$dir"
	printf '%q ' "${qemu[@]}" >"$dir/qemu"
	if [ "$1" = shell ]; then
		"${qemu[@]}"
	else
		timeout -k 5 "${DMASCOPE_VM_TIMEOUT:-$timeout}" "${qemu[@]}" </dev/null >"$dir/qemu.log" 2>&1 &
		guest=$!
		trap 'kill $guest 2>/dev/null; exit 130' INT TERM
		wait $guest
	fi
}
