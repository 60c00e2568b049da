#!/bin/sh
# screenshots.sh SHOT DIR: the pictures of the README and the documents, from the program's own cells.
set -eu
shot=$1 dir=$2
mkdir -p "$dir/img"
"$shot" 120x40 svg - dark unicode 330 j j Space j j j Space g >"$dir/img/overview.svg"
"$shot" 80x24 svg - dark unicode 330 j j Space g >"$dir/img/small.svg"
"$shot" 120x40 svg themes/light.ini light unicode 330 j j Space j j j Space g >"$dir/img/light.svg"
ls -l "$dir/img"
