#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a text file into an array of its lines: embed.sh NAME FILE > FILE.c
set -e
name=$1 file=$2
echo '/* SPDX-License-Identifier: MIT */'
echo "/* Made by embed.sh from $(basename "$file"); do not edit. */"
echo
echo "extern const char *const ${name}[];"
echo "const char *const ${name}[] = {"
sed -e 's/[\\"]/\\&/g' -e 's/^/    "/' -e 's/$/",/' "$file"
echo '    0,'
echo '};'
