#!/bin/sh
# Prints the files named as the C table that src/cmd/theme_builtin.h declares.
set -eu
echo '/* Made by src/cmd/theme_builtin.sh. */'
echo '#include "cmd/theme_builtin.h"'
for file in "$@"; do
	printf 'static const unsigned char text_%s[] = {' "$(basename "$file" .ini | tr -c 'a-zA-Z0-9\n' _)"
	od -An -v -tu1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '};'
done
echo 'const struct theme_builtin theme_builtins[] = {'
for file in "$@"; do
	name=$(basename "$file" .ini)
	id=text_$(echo "$name" | tr -c 'a-zA-Z0-9\n' _)
	printf '    {"%s", {(const char *)%s, sizeof %s}},\n' "$name" "$id" "$id"
done
echo '    {NULL, {NULL, 0}},'
echo '};'
