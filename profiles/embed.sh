#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes profiles into a table of their texts: embed.sh FILE... > FILE.c
set -e
echo '/* SPDX-License-Identifier: MIT */'
echo '/* Made by embed.sh from profiles/; do not edit. */'
echo '#include "emit/profile.h"'
echo
echo 'const struct fastabi_built_in_profile fastabi_built_in_profiles[] = {'
for file; do
    echo "    { \"$(basename "$file" .yml)\","
    sed -e 's/[\\"]/\\&/g' -e 's/^/      "/' -e 's/$/\\n"/' "$file"
    echo '    },'
done
echo '    { 0, 0 },'
echo '};'
