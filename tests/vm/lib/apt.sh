# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the parts share their variables
#
# Debian packages for the guests, fetched with an apt that has a state of its
# own: the machine's sources, lists and architectures stay as they are.  Where
# the packages come from is read from the machine's apt, never written here.

GUEST_SUITE=bookworm

# The base URI of each archive the machine knows, with the suite it serves:
# "main|security URI".
apt_sites()
{
	LC_ALL=C apt-get update --print-uris 2>/dev/null |
		sed -n "s#^'\(.*\)/dists/\([^/']*\)/InRelease'.*#\2 \1#p" |
		while read -r suite uri; do
			case $suite in
			*-security) echo "security $uri" ;;
			"$GUEST_SUITE"|"$(. /etc/os-release && echo "${VERSION_CODENAME:-}")")
				echo "main $uri" ;;
			esac
		done | sort -u
}

# apt_prepare: write the private configuration and read the package lists.
# Done once a day at most, or when the caller asks for newest packages.
apt_prepare()
{
	local dir=$CACHE/apt arch sites main security key=
	command -v apt-get >/dev/null || { warn "no apt-get: cannot fetch packages"; return 1; }
	if [ -e "$dir/stamp" ] && [ -z "${UPDATE:-}" ] &&
	   [ -n "$(find "$dir/stamp" -mtime -1)" ]; then
		return 0
	fi
	sites=$(apt_sites)
	main=$(sed -n 's/^main //p' <<<"$sites" | head -n 1)
	security=$(sed -n 's/^security //p' <<<"$sites" | head -n 1)
	[ -n "$main" ] || { warn "this machine's apt knows no Debian archive"; return 1; }
	[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] &&
		key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	mkdir -p "$dir/archives/partial" "$dir/none"
	: >"$dir/status"
	{
		echo "deb $key $main $GUEST_SUITE main"
		echo "deb $key $main $GUEST_SUITE-updates main"
		echo "deb $key $main $GUEST_SUITE-backports main"
		[ -z "$security" ] || echo "deb $key $security $GUEST_SUITE-security main"
	} >"$dir/sources.list"
	for arch in amd64 arm64; do
		# apt drops the lists of architectures it does not know: each has
		# a place of its own.
		mkdir -p "$dir/$arch/lists/partial"
		cat >"$dir/$arch.conf" <<-CONF
		#clear APT::Architectures;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "$(id -un)";
		Dir::State "$dir";
		Dir::State::status "$dir/status";
		Dir::State::lists "$dir/$arch/lists";
		Dir::Cache "$dir/$arch";
		Dir::Cache::archives "$dir/archives";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "$dir/none";
		Dir::Etc::preferences "$dir/none/preferences";
		Dir::Etc::preferencesparts "$dir/none";
		CONF
		apt-get -c "$dir/$arch.conf" -qq update >&2 || return 1
	done
	touch "$dir/stamp"
}

# apt_newest ARCH REGEX: name and version of the newest package so named.
apt_newest()
{
	local conf=$CACHE/apt/$1.conf name
	name=$(apt-cache -c "$conf" search --names-only "^$2\$" |
		cut -d' ' -f1 | sort -V | tail -n 1)
	[ -n "$name" ] || { warn "no package matches $2 ($1)"; return 1; }
	apt-cache -c "$conf" madison "$name" |
		awk -v name="$name" '{ print name, $3 }' |
		sort -V | tail -n 1
}

# apt_unpack ARCH DIR NAME[=VERSION]…: unpack these packages into DIR.
apt_unpack()
{
	local conf=$CACHE/apt/$1.conf dir=$2 tmp deb
	shift 2
	tmp=$(mktemp -d "$CACHE/deb.XXXXXX") || return 1
	mkdir -p "$dir"
	(cd "$tmp" && apt-get -c "$conf" -qq download "$@" >&2) || { rm -rf "$tmp"; return 1; }
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || { rm -rf "$tmp"; return 1; }
	done
	rm -rf "$tmp"
}

# apt_closure ARCH NAME…: these packages and all they depend on.
apt_closure()
{
	local conf=$CACHE/apt/$1.conf
	shift
	apt-get -c "$conf" -s -o Debug::NoLocking=true install "$@" |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}
