#!/bin/sh
# newtag.sh GROUP NAME makes a tag and prints its id.
#
# 「添加企业客户标签」 https://developer.work.weixin.qq.com/document/path/92117
set -eu
. "$(dirname "$0")/lib.sh"
[ $# = 2 ] || fail 'want GROUP NAME'

answer=$(call externalcontact/add_corp_tag --data-binary "{\"group_name\":$(string "$1"),\"tag\":[{\"name\":$(string "$2")}]}")
printf '%s\n' "$answer" | text id
