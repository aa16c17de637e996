#!/bin/sh
# Builds a kernel with plain `make`, for comparison. Then makes a module use a new symbol, and runs `make` twice more.
# Records both exit statuses, because kbuild of Linux 6.1 fails the first time.
#
# Usage: plain_make.sh KCONFIG CONFIG RAW_SYMBOL_LIST OUTPUT_FOLDER
set -eu
kconfig=$1 config=$2 raw_symbol_list=$3
sources=$PWD/$(dirname "$kconfig")
output=$PWD/$4
work=$output/work/linux
mkdir -p "$work/objects"
ln -s "$sources"/* "$work"
cp "$raw_symbol_list" "$work/raw_symbol_list.txt"
cp "$config" "$work/objects/.config"
export KBUILD_BUILD_HOST=bazel KBUILD_BUILD_USER=ksyms_rules KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970'

build() { make -C "$work" O=objects "-j$(nproc)" --no-print-directory; }

build >"$output/make.log" 2>&1 || { cat "$output/make.log" >&2; exit 1; }
cp "$work/objects/vmlinux" "$work/objects/Module.symvers" "$output"
# Linux 6.5 and later have no such header.
cp "$work/objects/include/generated/autoksyms.h" "$output" 2>/dev/null || : >"$output/autoksyms.h"

sed -i 's/^\tether_setup(dev);/\tdump_stack();\n&/' "$sources/drivers/net/dummy.c"
grep -q dump_stack "$sources/drivers/net/dummy.c"
: >"$output/again"
for again in first second; do
  status=0
  build >"$output/$again.log" 2>&1 || status=$?
  echo "$again: $status" >>"$output/again"
done
rm -rf "$output/work"
