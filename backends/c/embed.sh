#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a text file into an array of its lines: embed.sh NAME FILE HEADER > FILE.c
# HEADER is what declares it.
set -e
name=$1 file=$2 header=$3
echo '/* SPDX-License-Identifier: MIT */'
echo "/* Made by embed.sh from $(basename "$file"); do not edit. */"
echo "#include \"$header\""
echo
echo "const char *const $name[] = {"
sed -e 's/[\\"]/\\&/g' -e 's/^/    "/' -e 's/$/",/' "$file"
echo '    0,'
echo '};'
