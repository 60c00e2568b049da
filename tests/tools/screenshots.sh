#!/bin/sh
# screenshots.sh SHOT DIR: the pictures of the README and the documents, from the program's own cells.
set -eu
shot=$1 dir=$2
mkdir -p "$dir/img"
keys="j j j Space j j Space j j j Space g j j" # pins three orders that charge, selects one that needs eyes
# shellcheck disable=SC2086 # the keys are words
{
    "$shot" 120x40 svg - dark unicode 130 $keys >"$dir/img/overview.svg"
    "$shot" 120x40 svg - dark unicode 330 $keys Enter >"$dir/img/order.svg"
    "$shot" 80x24 svg - dark unicode 130 $keys >"$dir/img/small.svg"
    "$shot" 120x40 svg themes/light.ini light unicode 130 $keys >"$dir/img/light.svg"
}
